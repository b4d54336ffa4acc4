package builder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/process"
)

// supervise runs the daemon and ends it when its standard input, the FIFO, has no writer left: when the last of those
// who use it is gone, however it went. Then what still runs in the daemon's control group ends too.
const supervise = `
exec 3<&0
[ -z "$7" ] || mount -t proc proc /proc || exit
"$1" --config "$2" </dev/null 3<&- >>"$3" 2>&1 &
daemon=$!
echo $daemon >"$4"
( cat <&3 >/dev/null; rm -f "$5"; kill -TERM $daemon; sleep 1; kill -KILL $daemon ) 2>/dev/null &
watcher=$!
wait $daemon
code=$?
kill $watcher 2>/dev/null
for group in /sys/fs/cgroup/"$6" /sys/fs/cgroup/*/"$6"; do
	[ -d "$group" ] && find "$group" -name cgroup.procs -exec cat {} + | sort -u | xargs -r kill -KILL 2>/dev/null
done
[ "$(cat "$4" 2>/dev/null)" != $daemon ] || rm -f "$4" # the next one may have begun
exit $code
`

// readyTime is how long the daemon may take to answer; it takes under a second, on a busy disk some.
const readyTime = 30 * time.Second

// start makes sure that the daemon runs and is held; release lets go of it, and the last one to do so ends it.
func (b *Builder) start(ctx context.Context, h home) (release func() error, err error) {
	gate, err := b.gate(ctx, h)
	if err != nil {
		return nil, err
	}
	defer gate.Unlock() //nolint:errcheck // closing releases it
	users := flock.New(h.in("users.lock"))
	if err := users.RLock(); err != nil {
		return nil, fmt.Errorf("holding BuildKit: %w", err)
	}
	hold, err := b.attach(ctx, h)
	if err == nil && hold == nil && !h.isUp() {
		hold, err = b.launch(ctx, h)
	}
	if err != nil {
		return nil, errors.Join(err, users.Unlock())
	}
	return func() error { return b.leave(context.WithoutCancel(ctx), h, users, hold) }, nil
}

// gate is held while a daemon is started or stopped.
func (b *Builder) gate(ctx context.Context, h home) (*flock.Flock, error) {
	gate := flock.New(h.in("start.lock"))
	if ok, err := gate.TryLock(); err != nil {
		return nil, fmt.Errorf("locking BuildKit's folder: %w", err)
	} else if ok {
		return gate, nil
	}
	b.settings.Say("waiting for another run that starts or stops BuildKit")
	if _, err := gate.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return nil, fmt.Errorf("locking BuildKit's folder: %w", err)
	}
	return gate, nil
}

// attach holds the daemon that runs. It returns nil where none does, or where it is up and needs no holding.
func (b *Builder) attach(ctx context.Context, h home) (*os.File, error) {
	if !answers(ctx, h.socket()) {
		return nil, errors.Join(ctx.Err(), h.clear())
	}
	if h.isUp() {
		return nil, nil
	}
	hold, err := os.OpenFile(h.in("alive"), os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err == nil {
		return hold, nil
	}
	return nil, h.clear() // its supervisor is gone or about to end it
}

// launch starts the daemon and waits until it answers.
func (b *Builder) launch(ctx context.Context, h home) (*os.File, error) {
	args, err := b.prepare(ctx, h)
	if err != nil {
		return nil, err
	}
	fifo := h.in("alive")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		return nil, fmt.Errorf("making %q: %w", fifo, err)
	}
	reader, hold, err := bothEnds(fifo)
	if err != nil {
		return nil, fmt.Errorf("opening %q: %w", fifo, err)
	}
	defer reader.Close()
	if foreignProc() {
		args = append(args, "proc")
	}
	cmd := process.Command(context.WithoutCancel(ctx), "/bin/sh",
		append([]string{"-c", supervise, "howdah-buildkit"}, args...)...)
	cmd.Stdin, cmd.Env, cmd.Dir = reader, b.daemonEnv(), h.dir
	cmd.SysProcAttr = apart()
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting buildkitd: %w", err), hold.Close())
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if err := h.await(ctx, ended); err != nil {
		_ = hold.Close()
		select { // the supervisor ends it
		case <-ended:
		case <-time.After(2 * time.Second):
		}
		return nil, errors.Join(err, h.maskLog(ctx))
	}
	return hold, nil
}

// bothEnds opens a FIFO for reading and for writing. Only without blocking does a reader open before there is a
// writer; who gets it afterwards wants it to block.
func bothEnds(fifo string) (reader, writer *os.File, err error) {
	fd, err := syscall.Open(fifo, syscall.O_RDONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	if writer, err = os.OpenFile(fifo, os.O_WRONLY, 0); err == nil {
		err = syscall.SetNonblock(fd, false)
	}
	reader = os.NewFile(uintptr(fd), fifo)
	if err != nil {
		return nil, nil, errors.Join(err, reader.Close())
	}
	return reader, writer, nil
}

// await waits until the daemon answers, or says why it ended.
func (h home) await(ctx context.Context, ended <-chan error) error {
	deadline := time.After(readyTime)
	for {
		if answers(ctx, h.socket()) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for buildkitd: %w", ctx.Err())
		case err := <-ended:
			return fault.New(fault.Build, "buildkitd exited at once: %w%s", orExit(err), h.said()).
				WithHint("its log is %s", h.in("buildkitd.log"))
		case <-deadline:
			return fault.New(fault.Build, "buildkitd does not answer after %s%s", readyTime, h.said()).
				WithHint("its log is %s", h.in("buildkitd.log"))
		case <-time.After(30 * time.Millisecond):
		}
	}
}

func orExit(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// said is the end of the daemon's log, for an error's text.
func (h home) said() string {
	data, err := os.ReadFile(h.in("buildkitd.log"))
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	var b strings.Builder
	for _, line := range lines[max(0, len(lines)-5):] {
		b.WriteString("\n    | " + line)
	}
	return b.String()
}

// leave lets go of the daemon. The last one waits until it has ended, so that nothing is left behind.
func (b *Builder) leave(ctx context.Context, h home, users *flock.Flock, hold *os.File) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	gate := flock.New(h.in("start.lock"))
	if _, err := gate.TryLockContext(ctx, 20*time.Millisecond); err == nil {
		defer gate.Unlock() //nolint:errcheck // closing releases it
	}
	err := users.Unlock()
	if hold != nil {
		err = errors.Join(err, hold.Close())
	}
	if h.isUp() {
		return err
	}
	alone, lockErr := users.TryLock()
	if lockErr != nil || !alone {
		return errors.Join(err, lockErr)
	}
	return errors.Join(err, h.clear(), h.maskLog(ctx), users.Unlock())
}
