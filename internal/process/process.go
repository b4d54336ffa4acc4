// Package process is how a run ends before its time: signals and mage's death go in, a cancelled context and
// the exit code come out.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
)

// endedProgram is why a context of [Context] was cancelled.
type endedProgram struct {
	signal os.Signal // SIGINT or SIGTERM; mage's death counts as SIGTERM
	parent bool      // nobody sent a signal to us: mage was killed
}

func (e *endedProgram) Error() string {
	switch {
	case e.parent:
		return "ended with mage"
	case e.signal == os.Interrupt:
		return "interrupted"
	}
	return "terminated"
}

// Is makes the cause a cancellation to whoever asks for one.
func (e *endedProgram) Is(target error) bool { return target == context.Canceled }

// code is the exit code of a run that nothing else is to be said of.
func (e *endedProgram) code() fault.Code {
	if e.signal == os.Interrupt {
		return fault.Interrupted
	}
	return fault.Terminated
}

// pollEach is how soon a run notices that mage has gone. Children have two seconds in all to be gone too.
const pollEach = 200 * time.Millisecond

// Context is cancelled by SIGINT, by SIGTERM, and, under mage, by mage's death: mage passes on no SIGTERM, it dies and
// leaves its target behind. A second signal ends the process at once, but one that follows within a second is taken for
// the same: go, mage and a terminal each pass a signal on. The parent is mage's, which cancels it on SIGINT, before or
// after the same signal comes here. The returned function must be called.
func Context(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(parent))
	over := make(chan struct{})
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	var ticks <-chan time.Time
	tick := time.NewTicker(pollEach)
	above := chain{}
	if underMage(os.Args[0]) {
		ticks, above = tick.C, ancestors()
	}
	parentDone := parent.Done()
	watching := goroutine.Start(func() error {
		defer tick.Stop()
		defer signal.Stop(signals)
		var first time.Time
		for {
			select {
			case s := <-signals:
				ended := &endedProgram{signal: s}
				if !first.IsZero() && time.Since(first) > echo {
					os.Exit(int(ended.code()))
				}
				if first.IsZero() {
					first = time.Now()
				}
				cancel(ended)
			case <-parentDone:
				parentDone = nil
				if cause := context.Cause(parent); !errors.Is(cause, context.Canceled) {
					cancel(cause) // mage -t: its time is up
				} else {
					cancel(&endedProgram{signal: os.Interrupt})
				}
			case <-ticks:
				if above.broken() {
					cancel(&endedProgram{signal: syscall.SIGTERM, parent: true})
					ticks = nil
				}
			case <-over:
				return nil
			}
		}
	})
	return ctx, sync.OnceFunc(func() {
		cancel(context.Canceled)
		close(over)
		if err := <-watching; err != nil {
			panic(err)
		}
	})
}

// echo is how long after a signal another one is still the same.
const echo = time.Second

// Code is the exit code of a run that ended with err under a context of [Context]. A signal decides, unless a part of
// the release is out already: whoever reads 8 knows that there is something to finish.
func Code(ctx context.Context, err error) fault.Code {
	if err == nil {
		return fault.OK
	}
	code := fault.CodeOf(err)
	var ended *endedProgram
	if code != fault.Partial && errors.As(context.Cause(ctx), &ended) {
		return ended.code()
	}
	return code
}

// Explain is err as it is printed: where a signal ended the run, that it did, in place of whatever broke off.
func Explain(ctx context.Context, err error) error {
	var ended *endedProgram
	if err == nil || !errors.As(context.Cause(ctx), &ended) {
		return err
	}
	if code := fault.CodeOf(err); code != fault.Other && !errors.Is(err, context.Canceled) || code == fault.Partial {
		return err
	}
	return fault.New(ended.code(), "%w", ended).WithHint("the same command goes on after the last step that was finished")
}

// compiled is the name that mage gives a program that it compiled: a hash.
var compiled = regexp.MustCompile(`^[0-9a-f]{40,64}(\.exe)?$`)

// underMage reports whether mage started this process and waits for it. A compiled binary has no such parent: what
// started it may go away, as with nohup.
func underMage(arg0 string) bool { return compiled.MatchString(filepath.Base(arg0)) }

// chain is the processes that wait for this one: mage, and go above it when it was called as `go tool mage` or `go
// run`.
type chain struct{ mage, above int }

// ancestors reads the chain; above stays 0 where the system does not tell, or where it is not go.
func ancestors() chain {
	c := chain{mage: os.Getppid()}
	if parent, ok := parentOf(c.mage); ok && nameOf(parent) == "go" {
		c.above = parent
	}
	return c
}

// broken reports whether one of the chain has gone: its child then has another parent.
func (c chain) broken() bool {
	if os.Getppid() != c.mage {
		return true
	}
	parent, ok := parentOf(c.mage)
	return c.above != 0 && ok && parent != c.above
}

// parentOf reads a process's parent from /proc.
func parentOf(pid int) (int, bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false
	}
	m := ppid.FindSubmatch(status)
	if m == nil {
		return 0, false
	}
	var parent int
	_, err = fmt.Sscan(string(m[1]), &parent)
	return parent, err == nil
}

var ppid = regexp.MustCompile(`(?m)^PPid:\s+([0-9]+)$`)

// nameOf reads a process's name from /proc.
func nameOf(pid int) string {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil || len(name) == 0 {
		return ""
	}
	return string(name[:len(name)-1])
}
