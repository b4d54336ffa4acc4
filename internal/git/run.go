// Package git runs git, and is the only package that does. Arguments and objects go in; output, objects and
// errors that keep git's own words come out. Whatever the caller's environment and configuration say, the same
// arguments give the same answer.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/process"
)

// RunError is a git command that failed.
type RunError struct {
	args   []string
	Stderr string
	err    error
}

// maxSaid is how many lines of git's words an error shows.
const maxSaid = 8

// Error returns the command, the cause and git's own words, indented.
func (e *RunError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "running git %s: %v", strings.Join(e.args, " "), e.err)
	lines := strings.Split(strings.TrimSpace(e.Stderr), "\n")
	if n := len(lines) - maxSaid; n > 0 { // its first words and its last say why
		lines = slices.Concat(lines[:maxSaid-1], []string{fmt.Sprintf("… %d more lines", n)}, lines[len(lines)-1:])
	}
	for _, line := range lines {
		if line != "" {
			fmt.Fprintf(&b, "\n\t%s", line)
		}
	}
	return b.String()
}

// Unwrap returns the cause, so that a cancelled context is found.
func (e *RunError) Unwrap() error { return e.err }

// What is wrong with the git of this machine, rather than with a command.
var (
	ErrNotInstalled = errors.New("git is not installed")
	ErrTooOld       = errors.New("git is too old: 2.29 or newer is needed")
)

// badUsage is git's exit code for an option that it does not know.
const badUsage = 129

// killDelay is how long a git that was asked to end may take.
const killDelay = time.Second

// drainDelay is how long what git wrote may take to be read after it has ended: long, for a busy machine is no error.
const drainDelay = 30 * time.Second

// settings win over every configuration file: no hooks, no monitors, no maintenance behind our back.
var settings = []string{
	"-c", "core.hooksPath=/dev/null",
	"-c", "core.fsmonitor=false",
	"-c", "core.quotePath=true",
	"-c", "gc.auto=0",
	"-c", "maintenance.auto=false",
	"-c", "protocol.version=2",
	"-c", "advice.detachedHead=false",
	"-c", "log.showSignature=false",
	"-c", "i18n.logOutputEncoding=UTF-8",
	"-c", "safe.directory=*",
}

// kept are the variables of git's own that only say how to reach a server.
var kept = []string{"GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT",
	"GIT_SSL_KEY", "GIT_PROXY_SSL_CAINFO", "GIT_ASKPASS"}

// localEnv is the environment of commands that must not reach out: no configuration of the machine or the
// user, no protocol allowed, so that a blob that is not here is an error and never a silent download. GIT_FLUSH: a log
// into a pipe is written by the buffer, where git would write, and wake its reader, for each commit.
func localEnv(ctx context.Context) []string {
	return append(scrubbed(ctx, nil), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ALLOW_PROTOCOL=",
		"GIT_NO_LAZY_FETCH=1", "GIT_FLUSH=0")
}

// netEnv is the environment of fetch, ls-remote and push, which [Repo.Net] gives what counts of the user's
// configuration: no prompts, and no protocol that runs a program of its own.
func netEnv(ctx context.Context) []string {
	return append(scrubbed(ctx, kept), "GIT_ALLOW_PROTOCOL=https:http:ssh:file", "GIT_TERMINAL_PROMPT=0",
		"GCM_INTERACTIVE=never")
}

// scrubbed is the run's environment without git's variables, but for those named.
func scrubbed(ctx context.Context, keep []string) []string {
	var env []string
	for _, kv := range environ.Of(ctx) {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "GIT_") && !contains(keep, name) {
			continue
		}
		switch name {
		case "LC_ALL", "LANG", "LANGUAGE", "TZ":
			continue
		}
		env = append(env, kv)
	}
	return append(env, "LC_ALL=C", "TZ=UTC", "GIT_NO_REPLACE_OBJECTS=1", "GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat",
		"GIT_EDITOR=false", "GIT_ADVICE=0",
		"GIT_TRACE2=0", "GIT_TRACE2_EVENT=0", "GIT_TRACE2_PERF=0")
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// command is one run of git.
type command struct {
	dir    string // the repository, "" for none
	env    []string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer  // beside being kept for the error
	extra  []*os.File // git's files from 3 on
	args   []string
}

// run runs git to its end. A cancelled context ends git and its children (transports, ssh) within killDelay.
func (c command) run(ctx context.Context) error {
	cmd, kept := c.prepare(ctx)
	err := cmd.Run()
	return c.explain(ctx, err, kept)
}

// prepare makes the process, and the buffer that keeps the end of what git says on stderr.
func (c command) prepare(ctx context.Context) (*exec.Cmd, *tail) {
	args := append([]string{}, settings...)
	if c.dir != "" {
		args = append(args, "--git-dir="+c.dir)
	}
	cmd := process.Command(ctx, "git", append(args, c.args...)...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.ExtraFiles = c.env, c.stdin, c.stdout, c.extra
	if c.dir != "" {
		cmd.Dir = c.dir
	}
	kept := &tail{also: c.stderr}
	cmd.Stderr = kept
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)
	cmd.Cancel = func() error {
		group := -cmd.Process.Pid
		time.AfterFunc(killDelay, func() { _ = syscall.Kill(group, syscall.SIGKILL) }) // it may have ended
		return syscall.Kill(group, syscall.SIGTERM)
	}
	cmd.WaitDelay = drainDelay
	return cmd, kept
}

func (c command) explain(ctx context.Context, err error, kept *tail) error {
	if err == nil {
		return nil
	}
	if cause := ctx.Err(); cause != nil {
		return &RunError{args: c.args, err: context.Cause(ctx)}
	}
	if errors.Is(err, exec.ErrNotFound) {
		return ErrNotInstalled
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == badUsage {
		err = fmt.Errorf("%w; %w", err, ErrTooOld)
	}
	return &RunError{args: c.args, Stderr: kept.String(), err: err}
}

// tail keeps the last bytes of a stream.
type tail struct {
	buf  bytes.Buffer
	cut  bool // something was dropped
	also io.Writer
}

// tailSize is more than any message of git's that a person reads.
const tailSize = 16 << 10

func (t *tail) Write(p []byte) (int, error) {
	if t.also != nil {
		_, _ = t.also.Write(p)
	}
	t.buf.Write(p)
	if over := t.buf.Len() - tailSize; over > 0 {
		t.buf.Next(over)
		t.cut = true
	}
	return len(p), nil
}

// String begins with a whole line of several words where something was dropped before it: half a secret could not be
// recognised, nor the last lines of one that a server broke over lines.
func (t *tail) String() string {
	text := t.buf.String()
	_, rest, ok := strings.Cut(text, "\n")
	if !t.cut || !ok {
		return text
	}
	for {
		line, after, more := strings.Cut(rest, "\n")
		if strings.ContainsRune(strings.TrimSpace(strings.TrimPrefix(line, "remote: ")), ' ') || !more {
			return rest
		}
		rest = after
	}
}
