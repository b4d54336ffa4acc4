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

	"github.com/howdah/howdah/internal/daemonlog"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/process"
)

// supervise runs the daemon and ends it when its standard input, the FIFO, has no writer left: when the last of those
// who use it is gone, however it went. Then what still runs in the daemon's control group ends too. Its standard output
// is the daemon's; it keeps no hold of it itself.
const supervise = `
exec 3<&0
exec 4>&1 >/dev/null 2>&1
[ -z "$6" ] || mount -t proc proc /proc || exit
"$1" --config "$2" </dev/null >&4 2>&4 3<&- 4>&- &
daemon=$!
exec 4>&-
echo $daemon >"$3"
( cat <&3 >/dev/null; rm -f "$4"; kill -TERM $daemon; sleep 1; kill -KILL $daemon ) &
watcher=$!
wait $daemon
code=$?
kill $watcher
for group in /sys/fs/cgroup/"$5" /sys/fs/cgroup/*/"$5"; do
	[ -d "$group" ] && find "$group" -name cgroup.procs -exec cat {} + | sort -u | xargs -r kill -KILL
done
[ "$(cat "$3")" != $daemon ] || rm -f "$3" # the next one may have begun
exit $code
`

// readyTime is how long the daemon may take to answer; it takes under a second, on a busy disk some.
const readyTime = 30 * time.Second

// logTime is how long the end of a daemon's log may take, which is a moment after the daemon's.
const logTime = 2 * time.Second

// start starts the daemon unless it runs, and keeps it running until release is called; the last release ends it.
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
	u := &use{users: users}
	err = b.attach(ctx, h, u)
	if err == nil && u.log == nil {
		err = b.launch(ctx, h, u)
	}
	if err != nil {
		return nil, errors.Join(err, users.Unlock())
	}
	return func() error { return b.leave(context.WithoutCancel(ctx), h, u) }, nil
}

// use is what a command has open while it uses the daemon.
type use struct {
	users *flock.Flock    // shared
	hold  *os.File        // the FIFO, for writing; nil where the daemon is up and needs no holding
	log   *daemonlog.Link // which masks the daemon's output
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

// attach holds the daemon that runs, if one does.
func (b *Builder) attach(ctx context.Context, h home, u *use) error {
	if !answers(ctx, h.socket()) {
		return errors.Join(ctx.Err(), h.clear())
	}
	var hold *os.File
	if !h.isUp() {
		var err error
		if hold, err = os.OpenFile(h.in("alive"), os.O_WRONLY|syscall.O_NONBLOCK, 0); err != nil {
			return h.clear() // its supervisor is gone or about to end it
		}
	}
	log, err := daemonlog.Join(ctx, h.logSocket())
	if err == nil {
		u.hold, u.log = hold, log
		return nil
	}
	if hold != nil {
		err = errors.Join(err, hold.Close())
	}
	if !answers(ctx, h.socket()) {
		return errors.Join(ctx.Err(), h.clear())
	}
	return fault.New(fault.Retry, "the log of the BuildKit that runs in %s is not masked: an older Howdah started it, or "+
		"the process that masks was ended: %w", h.dir, err).WithHint("end it: %s", fault.Command{Target: "builder:down"})
}

// launch starts the daemon and waits until it answers.
func (b *Builder) launch(ctx context.Context, h home, u *use) error {
	args, err := b.prepare(ctx, h)
	if err != nil {
		return err
	}
	output, log, err := daemonlog.Start(ctx, h.in("buildkitd.log"), h.logSocket())
	if err != nil {
		return err
	}
	ended, hold, err := h.supervised(ctx, args, output, b.daemonEnv())
	err = errors.Join(err, output.Close())
	if err == nil {
		err = h.await(ctx, ended, log)
	}
	if err == nil {
		u.hold, u.log = hold, log
		return nil
	}
	if hold != nil {
		_ = hold.Close()
		select { // the supervisor ends it
		case <-ended:
		case <-time.After(2 * time.Second):
		}
	}
	return errors.Join(err, log.Close())
}

// supervised starts the supervisor with the daemon. The daemon ends when hold is closed; ended says how.
func (h home) supervised(ctx context.Context, args []string, output *os.File,
	env []string) (ended <-chan error, hold *os.File, err error) {
	fifo := h.in("alive")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		return nil, nil, fmt.Errorf("making %q: %w", fifo, err)
	}
	reader, hold, err := bothEnds(fifo)
	if err != nil {
		return nil, nil, fmt.Errorf("opening %q: %w", fifo, err)
	}
	defer reader.Close()
	if foreignProc() {
		args = append(args, "proc")
	}
	cmd := process.Command(context.WithoutCancel(ctx), "/bin/sh",
		append([]string{"-c", supervise, "howdah-buildkit"}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env, cmd.Dir = reader, output, output, env, h.dir
	cmd.SysProcAttr = apart()
	if err := cmd.Start(); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("starting buildkitd: %w", err), hold.Close())
	}
	return goroutine.Start(cmd.Wait), hold, nil
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

// await waits until the daemon answers, or returns why it ended.
func (h home) await(ctx context.Context, ended <-chan error, log *daemonlog.Link) error {
	deadline := time.After(readyTime)
	for {
		if answers(ctx, h.socket()) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for buildkitd: %w", ctx.Err())
		case err := <-ended:
			_ = log.Wait(logTime)
			return fault.New(fault.Build, "buildkitd exited at once: %w%s", orExit(err), h.logTail()).
				WithHint("its log is %s", h.in("buildkitd.log"))
		case <-deadline:
			return fault.New(fault.Build, "buildkitd does not answer after %s%s", readyTime, h.logTail()).
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

// logTail returns the end of the daemon's log, for an error's text.
func (h home) logTail() string {
	data, err := os.ReadFile(h.in("buildkitd.log"))
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, line := range process.LastLines(string(data), 5) {
		b.WriteString("\n    | " + line)
	}
	return b.String()
}

// leave stops using the daemon. The last user waits until it has ended, so that nothing is left behind.
func (b *Builder) leave(ctx context.Context, h home, u *use) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	gate := flock.New(h.in("start.lock"))
	if _, err := gate.TryLockContext(ctx, 20*time.Millisecond); err == nil {
		defer gate.Unlock() //nolint:errcheck // closing releases it
	}
	err := u.users.Unlock()
	if u.hold != nil {
		err = errors.Join(err, u.hold.Close())
	}
	if h.isUp() {
		return errors.Join(err, u.log.Close())
	}
	alone, lockErr := u.users.TryLock()
	if lockErr != nil || !alone {
		return errors.Join(err, lockErr, u.log.Close())
	}
	return errors.Join(err, h.clear(), u.log.Wait(logTime), u.users.Unlock())
}
