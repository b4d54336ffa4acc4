package daemonlog

import (
	"context"
	"encoding/gob"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/howdah/howdah/internal/process"
	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/term"
)

// panicMasker is the name under which this program runs as the process that masks panics.
const panicMasker = "howdah-mask-panic"

// goWrites is the file descriptor to which Go writes a panic that nothing recovers, whatever os.Stderr is.
const goWrites = 2

// endsWithin is how long the process that masks panics may take to write what it has read.
const endsWithin = time.Second

// panics is what Go writes to descriptor 2, on its way to the process that masks it.
type panics struct {
	ctx    context.Context
	stderr *os.File
	null   *os.File     // where it goes when that process cannot be started
	end    func()       // waits for that process; nil where there is none
	values *gob.Encoder // nil until the first secret is known
	pipe   *os.File     // where values go
	known  *os.File     // has a byte for each message after the first
}

// Stderr is standard error under another descriptor, which is open for writing while descriptor 2 is for Go's panics.
func Stderr() (*os.File, error) {
	fd, err := unix.FcntlInt(goWrites, unix.F_DUPFD_CLOEXEC, goWrites+1)
	if err != nil {
		return nil, fmt.Errorf("opening standard error once more: %w", err)
	}
	return os.NewFile(uintptr(fd), "/dev/stderr"), nil
}

// MaskPanics masks what Go writes when a goroutine panics, and what libraries log, until stop is called: a process of
// its own reads it, and writes it to stderr (see [Stderr]). That process starts when the context's keeper knows its
// first secret, and has each other secret before whoever adds it goes on.
// Where it cannot be started, what Go writes is lost.
func MaskPanics(ctx context.Context, stderr *os.File) (stop func(), err error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return func() {}, err
	}
	p := &panics{ctx: ctx, stderr: stderr, null: null}
	unfollow := secret.Follow(ctx, p.send)
	return func() {
		unfollow()
		p.stop()
		_ = null.Close()
	}, nil
}

// send hands values to the process that masks. It waits until they are known there, but for the first ones: those the
// process reads before anything else.
func (p *panics) send(values []string) {
	if p.values != nil {
		if p.values.Encode(values) == nil {
			_, _ = p.known.Read(make([]byte, 1))
		}
		return
	}
	if err := p.start(); err != nil {
		p.pipe, p.known = p.null, p.null
		_ = unix.Dup2(int(p.null.Fd()), goWrites)
	}
	p.values = gob.NewEncoder(p.pipe)
	_ = p.values.Encode(values)
}

// start starts the process, and gives it what Go writes from now on.
func (p *panics) start() error {
	written, toWrite, err := os.Pipe()
	if err != nil {
		return err
	}
	defer written.Close()
	defer toWrite.Close() // descriptor 2 alone stays open: the process ends when we do
	values, toSend, err := os.Pipe()
	if err != nil {
		return err
	}
	defer values.Close()
	known, answers, err := os.Pipe()
	if err != nil {
		return err
	}
	defer answers.Close()
	exe := "/proc/self/exe"
	if runtime.GOOS != "linux" {
		if exe, err = os.Executable(); err != nil {
			return err
		}
	}
	cmd := process.Command(context.WithoutCancel(p.ctx), exe)
	cmd.Args[0], cmd.Env = panicMasker, []string{}
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = written, answers, p.stderr, []*os.File{values}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C is for us, not for it
	if err := cmd.Start(); err != nil {
		return err
	}
	p.pipe, p.known = toSend, known
	p.end = func() {
		slow := time.AfterFunc(endsWithin, func() { _ = cmd.Process.Kill() })
		defer slow.Stop()
		_ = cmd.Wait()
	}
	return unix.Dup2(int(toWrite.Fd()), goWrites)
}

// stop gives descriptor 2 back, and waits until what was written to it meanwhile is on standard error.
func (p *panics) stop() {
	if p.values == nil {
		return
	}
	_ = unix.Dup2(int(p.stderr.Fd()), goWrites)
	_, _ = p.pipe.Close(), p.known.Close()
	if p.end != nil {
		p.end()
	}
}

// servePanics is the process that masks: what it reads comes out masked, when the first secrets are known.
func servePanics() {
	secrets := term.NewSecrets()
	values, answers := gob.NewDecoder(os.NewFile(3, "values")), os.Stdout
	learn := func() bool {
		var more []string
		if values.Decode(&more) != nil {
			return false
		}
		secrets.Add(more...)
		return true
	}
	if !learn() {
		return
	}
	go func() {
		for learn() {
			if _, err := answers.Write([]byte{'\n'}); err != nil {
				return
			}
		}
	}()
	copyMasked(os.Stderr, os.Stdin, secrets)
}
