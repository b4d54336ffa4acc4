package process

import (
	"context"
	"os/exec"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/secret"
)

// Command is a program to start; the context ends it. What this program starts, it starts by way of this function
// (internal/programs_test.go): every user of a machine can read the arguments of its processes, so a command with a
// secret among them fails to start.
func Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	for i, arg := range args {
		if secret.Holds(ctx, arg) {
			cmd.Err = fault.New(fault.Other, "argument %d of %s holds a secret, which every user of this machine could read; "+
				"%[2]s is not started", i+1, program)
		}
	}
	return cmd
}

// Group has the end of a command's context end its children too, which are in a process group of their own: Ctrl-C on
// the terminal reaches only us. Whatever holds the output open is waited for a second.
func Group(cmd *exec.Cmd) *exec.Cmd {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = time.Second
	return cmd
}
