// Package suite runs the project's own checks: packages of tests go in; the failures in full, every skipped test with
// its reason, and one closing line that counts them come out.
package suite

import (
	"bufio"
	"context"
	"encoding/json"
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

// event is a line of `go test -json` (go doc test2json).
type event struct {
	Action  string
	Package string
	Test    string
	Elapsed float64
	Output  string
}

// Tally is how many tests ended in which way; a test with subtests counts as one more.
type Tally struct{ passed, failed, skipped int }

// Test runs `go test -json` with args in dir, tells w what failed and what was skipped and why, and ends with the line
// "N passed, N failed, N skipped".
func Test(ctx context.Context, w io.Writer, dir string, args ...string) (Tally, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Env, cmd.Dir, cmd.Stderr, cmd.WaitDelay = outer(environ.Of(ctx)), dir, w, time.Second
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return Tally{}, fmt.Errorf("running the tests: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return Tally{}, fmt.Errorf("running the tests: %w", err)
	}
	tally, skipped := read(out, w)
	err = cmd.Wait()
	if len(skipped) > 0 {
		slices.Sort(skipped)
		fmt.Fprintf(w, "skipped:\n")
		for _, s := range skipped {
			fmt.Fprintf(w, "  %s\n", s)
		}
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", tally.passed, tally.failed, tally.skipped)
	switch {
	case ctx.Err() != nil:
		return tally, context.Cause(ctx)
	case err != nil || tally.failed > 0:
		return tally, fault.New(fault.Other, "%d tests failed", tally.failed)
	case tally.passed == 0:
		return tally, fault.New(fault.Other, "no test ran")
	}
	return tally, nil
}

// read follows the events to their end.
func read(r io.Reader, w io.Writer) (tally Tally, skipped []string) {
	said := map[string][]string{} // output of what runs, by package and test
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintf(w, "%s\n", lines.Text())
			continue
		}
		key := e.Package + "\x00" + e.Test
		switch e.Action {
		case "output", "build-output":
			said[key] = append(said[key], e.Output)
		case "pass":
			if e.Test != "" {
				tally.passed++
			} else {
				fmt.Fprintf(w, "ok    %s (%.1f s)\n", short(e.Package), e.Elapsed)
			}
			delete(said, key)
		case "skip":
			if e.Test != "" {
				tally.skipped++
				skipped = append(skipped, short(e.Package)+" "+e.Test+": "+reason(said[key]))
			}
			delete(said, key)
		case "fail":
			if e.Test != "" {
				tally.failed++
			}
			fmt.Fprintf(w, "FAIL  %s %s\n%s", short(e.Package), e.Test, strings.Join(said[key], ""))
			delete(said, key)
		case "build-fail":
			tally.failed++
			for k, out := range said {
				if strings.HasSuffix(k, "\x00") {
					fmt.Fprint(w, strings.Join(out, ""))
				}
			}
		}
	}
	return tally, skipped
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

// reason finds what a test gave as the reason for skipping: the line with its place.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		line = strings.TrimSpace(line)
		if _, why, ok := strings.Cut(line, ".go:"); ok {
			if _, why, ok := strings.Cut(why, ": "); ok {
				return why
			}
		}
	}
	return "no reason given"
}

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
