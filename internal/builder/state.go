package builder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"
	"github.com/moby/buildkit/client"

	"github.com/howdah/howdah/internal/daemonlog"
	"github.com/howdah/howdah/internal/fault"
)

// State is what builder:status shows.
type State struct {
	Kind      string // embedded, docker or remote
	Address   string
	Running   bool
	Up        bool // the embedded one, kept running by builder:up
	PID       int  // of the embedded daemon
	Version   string
	Platforms []string // native first
	Program   bool     // the embedded daemon is built
	Runc      string   // where runc is, or ""
	Dir       string   // of the embedded one
	Bytes     int64    // that its cache takes on disk
}

// isUp reports whether builder:up keeps the daemon running.
func (h home) isUp() bool {
	_, err := os.Stat(h.in("up"))
	return err == nil && answers(context.Background(), h.socket())
}

// Up starts the embedded BuildKit and leaves it running until Down; it does nothing where it already is up.
func (b *Builder) Up(ctx context.Context) error {
	if err := canEmbed(); err != nil {
		return err
	}
	h, err := b.home()
	if err != nil {
		return err
	}
	release, err := b.start(ctx, h)
	if err != nil {
		return err
	}
	if h.isUp() {
		return release()
	}
	// From here on, a process of its own keeps the daemon alive.
	keep, err := os.OpenFile(h.in("alive"), os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return errors.Join(fmt.Errorf("keeping BuildKit up: %w", err), release())
	}
	defer keep.Close()
	if err := b.keeper(h, keep); err != nil {
		return errors.Join(err, release())
	}
	return release()
}

// keeper starts a process that holds the FIFO for as long as the file "up" is there.
func (b *Builder) keeper(h home, hold *os.File) error {
	if err := os.WriteFile(h.in("up"), []byte(time.Now().UTC().Format(time.RFC3339)+"\n"), 0o600); err != nil {
		return fmt.Errorf("keeping BuildKit up: %w", err)
	}
	cmd := b.command(context.Background(), h.dir, b.daemonEnv(), "/bin/sh", "-c",
		`while [ -e "$1" ] && [ -e "$2" ]; do sleep 1; done`, "howdah-keep", h.in("up"), h.in("buildkitd.pid"))
	cmd.ExtraFiles = []*os.File{hold}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return errors.Join(fmt.Errorf("keeping BuildKit up: %w", err), os.Remove(h.in("up")))
	}
	return cmd.Process.Release()
}

// Down ends the embedded BuildKit. It refuses while a build uses it.
func (b *Builder) Down(ctx context.Context) error {
	h, err := b.home()
	if err != nil {
		return err
	}
	gate, err := b.gate(ctx, h)
	if err != nil {
		return err
	}
	defer gate.Unlock() //nolint:errcheck // closing releases it
	users := flock.New(h.in("users.lock"))
	alone, err := users.TryLock()
	if err != nil {
		return fmt.Errorf("looking for users of BuildKit: %w", err)
	}
	if !alone {
		return fault.New(fault.Retry, "a build uses the embedded BuildKit").
			WithHint("wait until it is done, and then: %s", fault.Command{Target: "builder:down"})
	}
	defer users.Unlock() //nolint:errcheck // closing releases it
	if err := os.Remove(h.in("up")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("taking BuildKit down: %w", err)
	}
	log, err := daemonlog.Join(ctx, h.logSocket())
	if err != nil { // there is none, or none that masks
		return h.clear()
	}
	return errors.Join(h.clear(), log.Wait(logTime))
}

// Status returns which BuildKit would build for the machine's own platform, and its state. It starts none.
func (b *Builder) Status(ctx context.Context) (State, error) {
	kind, address, err := b.resolve(ctx, b.settings.Builder)
	if err != nil {
		return State{}, err
	}
	s := State{Kind: kind, Address: address}
	if kind == "embedded" {
		h, err := b.home()
		if err != nil {
			return s, err
		}
		s.Dir, s.Address = h.dir, "unix://"+h.socket()
		from, _ := b.findProgram(ctx, h)
		s.Program = from == made || from == installed
		s.Runc, _ = findRunc()
		if s.Bytes, err = b.Usage(); err != nil {
			return s, err
		}
		if s.Running = answers(ctx, h.socket()); !s.Running {
			return s, nil
		}
		s.Up, s.PID = h.isUp(), h.pid()
	}
	if kind == "docker" {
		s.Address = "docker-container://" + container
		if _, running := containerNow(ctx); !running {
			return s, nil
		}
	}
	n, err := b.dial(ctx, kind, s.Address)
	if err != nil {
		return s, err
	}
	defer n.Client.Close()
	if err := n.ask(ctx); err != nil {
		return s, err
	}
	s.Running, s.Version, s.Platforms = true, n.Version, n.others
	if kind != "embedded" {
		records, err := n.Client.DiskUsage(ctx)
		if err != nil {
			return s, fmt.Errorf("measuring the cache of the BuildKit at %s: %w", s.Address, err)
		}
		for _, r := range records {
			s.Bytes += r.Size
		}
	}
	return s, nil
}

// Usage returns what the embedded BuildKit's cache takes on disk, in bytes.
func (b *Builder) Usage() (int64, error) {
	h, err := b.home()
	if err != nil {
		return 0, err
	}
	seen, total := map[uint64]bool{}, int64(0)
	err = filepath.WalkDir(h.in("state"), func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return nil //nolint:nilerr // it went away meanwhile
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && (e.IsDir() || !seen[stat.Ino]) {
			seen[stat.Ino] = true
			total += stat.Blocks * 512
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("measuring BuildKit's cache: %w", err)
	}
	return total, nil
}

// Prune removes the least recently used of the embedded BuildKit's cache until keep bytes are left, and returns how
// many bytes that freed; with 0 it removes everything, and refuses while a build uses it.
func (b *Builder) Prune(ctx context.Context, keep int64) (int64, error) {
	before, err := b.Usage()
	if err != nil || before <= keep {
		return 0, err
	}
	if keep == 0 {
		err = b.empty(ctx)
	} else {
		err = b.shrink(ctx, keep)
	}
	after, usageErr := b.Usage()
	return before - after, errors.Join(err, usageErr)
}

func (b *Builder) empty(ctx context.Context) error {
	h, err := b.home()
	if err != nil {
		return err
	}
	up := h.isUp()
	if err := b.Down(ctx); err != nil {
		return err
	}
	if err := h.unmount(); err != nil {
		return err
	}
	if err := os.RemoveAll(h.in("state")); err != nil {
		return fmt.Errorf("emptying BuildKit's cache: %w", err)
	}
	if up {
		return b.Up(ctx)
	}
	return nil
}

func (b *Builder) shrink(ctx context.Context, keep int64) error {
	n, err := b.open(ctx, "embedded")
	if err != nil {
		return err
	}
	if err := n.Client.Prune(ctx, nil, client.PruneAll, client.WithKeepOpt(0, 0, keep, 0)); err != nil {
		return fmt.Errorf("pruning BuildKit's cache: %w", err)
	}
	return nil
}
