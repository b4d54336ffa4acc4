package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/howdah/howdah/internal/environ"
)

// steps are what CI runs before the tests, cheapest first. The pinned programs are those of tools/go.mod.
func steps(dir string) []step {
	tool := func(args ...string) []string { return append([]string{"go", "tool", "-modfile=tools/go.mod"}, args...) }
	return []step{
		{name: "formatting", dir: dir, empty: true, everyday: true,
			args: []string{"gofmt", "-l", "magefile.go", "magefiles", "cmd", "internal", "docker", "testdata"}},
		{name: "vet", dir: dir, args: []string{"go", "vet", "./..."}, everyday: true},
		{name: "vet with the tag mage", dir: dir, args: []string{"go", "vet", "-tags", "mage", "./magefiles"},
			everyday: true},
		{name: "module files", dir: dir, args: []string{"go", "mod", "verify"}},
		{name: "staticcheck", dir: dir, args: tool("staticcheck", "./...")},
		{name: "staticcheck with the tag mage", dir: dir, args: tool("staticcheck", "-tags", "mage", "./magefiles")},
		{name: "actionlint", dir: dir, args: tool("actionlint", "-shellcheck=", "-pyflakes=")},
	}
}

// Check runs every step, then the tests with args, reports each to w, and returns all that was found.
func Check(ctx context.Context, w io.Writer, dir string, args ...string) error {
	found := run(ctx, w, steps(dir))
	if ctx.Err() != nil {
		return found
	}
	_, err := testAll(ctx, w, dir, "about 9 minutes on two cores", args...)
	return errors.Join(found, err)
}

// run runs steps one after another, reports each to w, and returns all that was found.
func run(ctx context.Context, w io.Writer, all []step) error {
	var found error
	for _, s := range all {
		begin := time.Now()
		progress := newProgress(w, func() string { return fmt.Sprintf("%s (%.0f s)", s.name, time.Since(begin).Seconds()) })
		err := s.run(ctx)
		progress.Close()
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			fmt.Fprintf(w, "FAIL  %s (%.1f s)\n%v\n", s.name, time.Since(begin).Seconds(), err)
			found = errors.Join(found, err)
			continue
		}
		fmt.Fprintf(w, "ok    %s (%.1f s)\n", s.name, time.Since(begin).Seconds())
	}
	return found
}

// runnerBenchmark is the scenario "runner", which takes an hour with Mastodon itself.
const runnerBenchmark = "^BenchmarkRunner$"

// Bench runs every benchmark once over but the scenario, printing as it goes.
func Bench(ctx context.Context, w io.Writer, dir string) error {
	return bench(ctx, w, dir, "-bench=.", "-skip="+runnerBenchmark, "-benchtime=1s", "-timeout=60m", "./...")
}

// Scenario runs the scenario "runner" once, printing as it goes.
func Scenario(ctx context.Context, w io.Writer, dir string) error {
	return bench(ctx, w, dir, "-v", "-bench="+runnerBenchmark, "-benchtime=1x", "-timeout=0", "./internal/bench")
}

// bench runs benchmarks and no tests.
func bench(ctx context.Context, w io.Writer, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-run=^$"}, args...)...)
	cmd.Env, cmd.Dir = environ.Of(ctx), dir
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = w, w, time.Second
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("running the benchmarks: %w", err)
	}
	return nil
}
