// Package cli runs a target: it parses and checks the options before anything is fetched, reads the distribution,
// takes the lock, does the work, prints an error once, and returns the exit code. The environment, clock, streams and
// working folder are in [Process], so that a test can run every target in its own process.
package cli

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/credential"
	"github.com/howdah/howdah/internal/daemonlog"
	"github.com/howdah/howdah/internal/distribution"
	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/process"
	"github.com/howdah/howdah/internal/scratch"
	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/transaction"
	"github.com/howdah/howdah/internal/view"
)

// Process is what a run uses of its process.
type Process struct {
	caller         target.Caller
	environ        []string
	dir            string    // the working folder, absolute
	stdout, stderr io.Writer // progress is redrawn only if stderr is an *os.File
	now            time.Time
	alone          bool             // nothing else runs in the process: a panic's output may be masked
	Step           transaction.Step // nil except in tests, which interrupt a run between two operations on the disk
}

// This returns the process that the program runs in. Words is set for a program that takes "patch check" rather than
// "patch:check".
func This(words bool) (Process, error) {
	dir, err := os.Getwd()
	if err != nil {
		return Process{}, fault.New(fault.Other, "finding the working folder: %w", err)
	}
	p := called(os.Args[0], os.Environ(), dir, words)
	if words {
		p.caller.Docs = distribution.DocsOf(session.ToolCommit())
	}
	p.stdout, p.stderr, p.now = os.Stdout, os.Stderr, time.Now()
	return p, nil
}

// called returns the process of a program under the name that was typed, in an environment and a folder. It has no
// streams and no clock yet.
func called(name string, environment []string, dir string, words bool) Process {
	caller := target.CallerOf(name, environ.Get(environment, "HOWDAH_CONFIG"))
	caller.Words = words
	if term.InCI(environment) {
		caller = caller.Elsewhere()
	}
	return Process{caller: caller, environ: environment, dir: dir}
}

// Main runs a target in this process. It stops on signals, and when the mage that started it has exited.
func Main(ctx context.Context, t target.Target, words bool, args []string, given []target.Given) int {
	collectEarlier()
	p, err := This(words)
	if err != nil {
		term.Open(os.Stdout, os.Stderr, os.Environ()).Fail(err, target.Caller{})
		return int(fault.CodeOf(err))
	}
	return p.Main(ctx, t, args, given)
}

// memory is how many bytes of memory Go may use before it looks for unused ones more often than by itself. It is no
// limit: what is in use stays.
const memory = 420 << 20

// collectEarlier keeps the process within memory, unless GOMEMLIMIT says otherwise.
func collectEarlier() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(memory)
	}
}

// Main runs a target as the only work of the process.
func (p Process) Main(ctx context.Context, t target.Target, args []string, given []target.Given) int {
	ctx, stop := process.Context(ctx)
	defer stop()
	code := 0
	err := scratch.Within(func() (err error) {
		if p.stderr, err = daemonlog.Stderr(); err != nil {
			return err
		}
		p.environ, p.alone = os.Environ(), true
		code = p.Run(ctx, t, args, given)
		return nil
	})
	if err != nil {
		p.stderr = os.Stderr
		p.terminal().Fail(err, p.caller)
		return max(code, int(fault.CodeOf(err)))
	}
	return code
}

// Run runs a target and returns the exit code, after printing every error.
func (p Process) Run(ctx context.Context, t target.Target, args []string, given []target.Given) int {
	s := p.session(t)
	ctx = environ.With(secret.With(ctx, s.Term.Secrets()), p.environ)
	stop, err := p.maskPanics(ctx)
	defer stop()
	if err == nil {
		err = fault.Catch(func() error { return p.run(ctx, s, args, given) })
	}
	if err == nil {
		return int(fault.OK)
	}
	code := process.Code(ctx, err)
	if shown := session.Shown(err); !shown || ctx.Err() != nil {
		err = process.Explain(ctx, err)
		s.Term.Fail(err, p.caller)
		s.GitHub().Annotate(s.Term, view.FailureAnnotations(err, p.caller))
		if !shown {
			p.summarize(s, err, code)
		}
	}
	return int(code)
}

// summarize writes a failure that no report has into GitHub's summary and outputs of the step.
func (p Process) summarize(s *session.Session, failure error, code fault.Code) {
	hub := s.GitHub()
	err := errors.Join(
		hub.Summary(func(limit int) []byte { return view.FailureMarkdown(s.Target, failure, p.caller, limit) }),
		hub.Outputs(view.FailureOutputs(code)...),
	)
	if err != nil {
		s.Term.Fail(err, p.caller)
	}
}

// maskPanics masks the output of a panic in another goroutine, if the process runs only this target.
func (p Process) maskPanics(ctx context.Context) (stop func(), err error) {
	if stderr, ok := p.stderr.(*os.File); ok && p.alone {
		return daemonlog.MaskPanics(ctx, stderr)
	}
	return func() {}, nil
}

// session returns the session of a run before its distribution is read.
func (p Process) session(t target.Target) *session.Session {
	terminal := p.terminal()
	s := &session.Session{
		Target: t, Term: terminal, Story: term.NewStory(terminal), Caller: p.caller, Now: p.now, Environ: p.environ,
		Dir:    p.dir,
		Stdout: p.stdout, Step: p.Step,
	}
	s.Credentials = credential.New(s.Getenv, func(warning string) { terminal.Warnf("%s", warning) })
	return s
}

func (p Process) terminal() *term.Terminal {
	out, outIsFile := p.stdout.(*os.File)
	err, errIsFile := p.stderr.(*os.File)
	if outIsFile && errIsFile {
		return term.Open(out, err, p.environ)
	}
	return term.Plain(p.stdout, p.stderr, false, term.SecretsOf(p.environ))
}

func (p Process) run(ctx context.Context, s *session.Session, args []string, given []target.Given) error {
	t := s.Target
	work, err := workOf(t)
	if err != nil {
		return err
	}
	started := *s
	if started.Run, err = runOf(t, args, given, s.Dir); err != nil {
		return err
	}
	s = &started
	options, mistake := t.Parse(args, given)
	if mistake != nil && !t.Reports {
		return mistake
	}
	if t.Needs.Distribution {
		if s, err = withDistribution(s); mistake != nil && err != nil {
			return mistake
		} else if err != nil {
			return err
		}
	}
	if mistake != nil {
		return reportMistake(s, mistake)
	}
	if t.Needs.Lock {
		held, err := s.Lock()
		if ended, ok := errors.AsType[*session.Ended](err); ok {
			return session.Exit(ended.Code, nil)
		}
		if err != nil {
			return err
		}
		defer func() { _ = held.Release() }()
		return end(ctx, s, work(ctx, s, options))
	} else if t.Needs.Distribution {
		if err := s.Settle(ctx); err != nil {
			return err
		}
	}
	return work(ctx, s, options)
}

// end completes what a target has written. After a signal it does nothing: the same command starts again.
func end(ctx context.Context, s *session.Session, err error) error {
	if ctx.Err() != nil {
		return err
	}
	if left := s.Writer().End(int(process.Code(ctx, err))); err == nil {
		return left
	}
	return err
}

// runOf returns a hash of a target with its arguments and options, and the folder.
func runOf(t target.Target, args []string, given []target.Given, dir string) (string, error) {
	data, err := json.Marshal([]any{t.Name, args, given, dir})
	return fmt.Sprintf("%x", sha256.Sum256(data)), err
}

// reportMistake writes a mistake into the result that other programs read, so that they do not read the previous
// run's.
func reportMistake(s *session.Session, mistake error) error {
	if b := byTarget(bindings)[s.Target.Name]; b.mistake != nil {
		return b.mistake(s, mistake)
	}
	return mistake
}

// withDistribution reads the distribution, and prints its warnings.
func withDistribution(s *session.Session) (*session.Session, error) {
	file, err := config.Locate(s.Dir, s.Environ)
	if err != nil {
		return nil, err
	}
	if err := s.SettleNew(file); err != nil {
		return nil, err
	}
	c, err := config.Load(s.Dir, file, s.Environ)
	if err != nil {
		return nil, err
	}
	note, err := c.Tool(session.ToolRelease())
	if err != nil {
		return nil, err
	}
	if note != "" {
		s.Term.Warnf("%s", note)
	}
	for _, w := range c.Warnings {
		s.Term.Warnf("%s", w)
	}
	with := s.With(c)
	s.Term.Sayf("distribution %s", with.Distribution())
	if beside := c.Beside(); len(beside) > 0 && s.Getenv("HOWDAH_CONFIG") == "" {
		s.Term.Warnf("%s is the tool's own distribution; for the one in %s, set HOWDAH_CONFIG=%s", c.Name,
			strings.Join(beside, ", "), beside[0])
	}
	return with, nil
}

// errUnbound is the error of a target without work, a defect that a test finds.
var errUnbound = errors.New("the target has no work bound to it")

// Fail prints an error in the command line itself, and returns its exit code.
func Fail(err error, words bool) int {
	p, wrong := This(words)
	if wrong != nil {
		p.stdout, p.stderr = os.Stdout, os.Stderr
		err = errors.Join(err, wrong)
	}
	p.terminal().Fail(err, p.caller)
	return int(fault.CodeOf(err))
}
