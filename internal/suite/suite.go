// Package suite runs the project's own checks: packages of tests go in; the failures in full, every skipped test with
// its reason, and one closing line that counts them come out.
package suite

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/scratch"
)

// tally is how many tests ended in which way; a test with subtests counts as one more.
type tally struct{ passed, failed, skipped int }

// testAll runs `go test -json` with args in dir. It tells w first what it will do, about how long that takes, and what
// is left out; then which package is done, at least every five seconds what is running, what failed, what was skipped
// and why; and ends with the line "N passed, N failed, N skipped".
func testAll(ctx context.Context, w io.Writer, dir, about string, args ...string) (tally, error) {
	p, err := planOf(ctx, dir, args)
	if err != nil {
		return tally{}, err
	}
	p.say(w, about)
	env, release := temporary(outer(environ.Of(ctx)), func() (string, func()) { return memoryFolder(dir) })
	defer release()
	events := &events{packages: p.packages, said: map[string][]string{}, running: map[string]time.Time{}}
	progress := newProgress(w, events.status)
	defer progress.Close()
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Env, cmd.Dir, cmd.Stderr, cmd.WaitDelay = collectingLess(env), dir, progress, time.Second
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return tally{}, fmt.Errorf("running the tests: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return tally{}, fmt.Errorf("running the tests: %w", err)
	}
	events.read(out, progress)
	err = cmd.Wait()
	if len(events.skipped) > 0 {
		slices.Sort(events.skipped)
		fmt.Fprintf(progress, "skipped:\n  %s\n", strings.Join(events.skipped, "\n  "))
	}
	counted := events.tally
	fmt.Fprintf(progress, "%d passed, %d failed, %d skipped\n", counted.passed, counted.failed, counted.skipped)
	switch {
	case ctx.Err() != nil:
		return counted, context.Cause(ctx)
	case err != nil || counted.failed > 0:
		return counted, fault.New(fault.Other, "%d tests failed", counted.failed)
	case counted.passed == 0:
		return counted, fault.New(fault.Other, "expected tests to run, found none")
	}
	return counted, nil
}

// Short runs every test, the long ones in a short form.
func Short(ctx context.Context, w io.Writer, dir string) error {
	_, err := testAll(ctx, w, dir, "about 4 minutes on two cores, less where Go has kept a package's result", "-short",
		"./...")
	return err
}

// large are the variables of tests whose temporary files are too large for memory: real images.
var large = []string{"HOWDAH_TEST_DEMO", "HOWDAH_TEST_BUILDERS", "HOWDAH_TEST_RUNNER"}

// temporary is an environment in which tests put their temporary files into memory, where nobody asked for another
// folder. On ext4 about a quarter of the time goes into making and removing small files. What go itself compiles stays
// on the disk.
func temporary(env []string, inMemory func() (string, func())) (with []string, release func()) {
	if set(env, "TMPDIR") || slices.ContainsFunc(large, func(name string) bool { return set(env, name) }) {
		return env, func() {}
	}
	dir, release := inMemory()
	if dir == "" {
		return env, release
	}
	env = append(env, "TMPDIR="+dir)
	if !set(env, "GOTMPDIR") {
		env = append(env, "GOTMPDIR=/tmp")
	}
	return env, release
}

// collectingLess is an environment in which Go programs collect garbage at five times the memory in use, not at twice,
// where nobody asked for another rate. Tests start hundreds of short programs, which hold a few megabytes.
func collectingLess(env []string) []string {
	if set(env, "GOGC") {
		return env
	}
	return append(slices.Clone(env), "GOGC=400")
}

// outer is an environment with the system's TMPDIR in place of this run's own: go takes the result of a test from its
// cache only when the variables that the test reads are the same as before.
func outer(env []string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, "TMPDIR=") })
	if dir, set := scratch.System(); set {
		env = append(env, "TMPDIR="+dir)
	}
	return env
}

func short(pkg string) string { return strings.TrimPrefix(pkg, "github.com/howdah/howdah/") }

// step is one command of a check.
type step struct {
	name string
	dir  string
	args []string
	// empty says that any output is a finding, as with gofmt -l.
	empty bool
	// everyday says that it is quick enough for Quick.
	everyday bool
}

// run runs one step, and gives what it printed as the error when it finds something.
func (s step) run(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, s.args[0], s.args[1:]...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = environ.Of(ctx), s.dir, time.Second
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fault.New(fault.Other, "%s: %w\n%s", strings.Join(s.args, " "), err, strings.TrimSpace(string(out)))
	}
	if s.empty && len(strings.TrimSpace(string(out))) > 0 {
		return fault.New(fault.Other, "%s names:\n%s", strings.Join(s.args, " "), strings.TrimSpace(string(out)))
	}
	return nil
}
