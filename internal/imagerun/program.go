package imagerun

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/goroutine"
)

// program is a running one that Close ends.
type program struct {
	cmd     *exec.Cmd
	signal  syscall.Signal // what asks it to end without waiting for anybody; SIGTERM where unset
	done    chan struct{}
	waiting goroutine.All
	err     error // how it ended, once done is closed
}

// patience is how long programs may take to end by themselves.
const patience = 1500 * time.Millisecond

var errEnded = errors.New("it exited")

// detach gives a command a process group of its own, so that a Ctrl-C on the terminal reaches only us. When its context
// is done, all of the group ends: asked first, then by force.
func detach(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		group := -cmd.Process.Pid
		time.AfterFunc(patience, func() { _ = syscall.Kill(group, syscall.SIGKILL) })
		return syscall.Kill(group, syscall.SIGTERM)
	}
	cmd.WaitDelay = patience + 300*time.Millisecond
	return cmd
}

// start starts a program that runs until Close.
func (s *Stack) start(p *program) error {
	p.cmd.Stdout, p.cmd.Stderr = s.opt.Log, s.opt.Log
	return s.begin(p)
}

// begin starts a program that ends with this process at the latest.
func (s *Stack) begin(p *program) error {
	if p.signal == 0 {
		p.signal = syscall.SIGTERM
	}
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", p.cmd.Path, err)
	}
	p.done = make(chan struct{})
	p.waiting.Go(func() {
		defer close(p.done)
		p.err = p.cmd.Wait()
	})
	s.programs = append(s.programs, p)
	return s.sweeper.kill(p)
}

// wait waits for a program that ends by itself, or with its context.
func (s *Stack) wait(p *program) error {
	p.waiting.Wait()
	s.programs = slices.DeleteFunc(s.programs, func(other *program) bool { return other == p })
	return errors.Join(p.err, s.sweeper.ended(p))
}

// output runs a program to its end and returns what it printed.
func (s *Stack) output(cmd *exec.Cmd) (string, error) {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	p := &program{cmd: cmd}
	if err := s.begin(p); err != nil {
		return "", err
	}
	err := s.wait(p)
	return out.String(), err
}

// stop ends all programs at once, and by force those that take too long.
func (s *Stack) stop() (err error) {
	for _, p := range s.programs {
		_ = syscall.Kill(-p.cmd.Process.Pid, p.signal)
	}
	late, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, p := range slices.Clone(s.programs) {
		select {
		case <-p.done:
		case <-late.Done():
			_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
			<-p.done
		}
		err = errors.Join(err, s.sweeper.ended(p))
	}
	s.programs = nil
	return err
}
