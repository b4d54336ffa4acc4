package image_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
)

// daemon starts a BuildKit in a folder and returns its address and its process.
func daemon(t *testing.T, dir string) (address string, pid int) {
	t.Helper()
	b := builder.New(builder.Settings{Builder: "embedded", Dir: dir, Tools: "../../tools/go.mod", Say: t.Logf})
	t.Cleanup(func() { _ = b.Close() })
	n, err := b.Node(t.Context(), "linux/amd64")
	if err != nil {
		t.Fatal(err)
	}
	return n.Address, daemonPID(t, b)
}

// daemonPID is the process of an embedded BuildKit that runs. On a busy machine it may take its time to answer; 0 would
// be this test's own group of processes.
func daemonPID(t *testing.T, b *builder.Builder) int {
	t.Helper()
	for range 60 {
		state, err := b.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if state.PID > 1 {
			return state.PID
		}
	}
	t.Fatal("the BuildKit that was started does not answer")
	return 0
}

// TestBuilderIsLost builds two platforms on two BuildKits. One is killed in mid-build: while it stays away the build
// fails with its name and what to do, and leaves nothing; when it comes back, the same build ends by itself.
func TestBuilderIsLost(t *testing.T) {
	openBuilder(t) // skips where there is none
	mark := "mark-lost-" + filepath.Base(t.TempDir())
	spec := stepSpec(t, `RUN --mount=type=cache,id=`+mark+`,target=/kept ["/step", "once", "/kept/`+mark+`"]`)
	spec.Platforms = []string{"linux/amd64", "linux/386"} // one processor runs both
	firstDir, secondDir := buildkitDir(t), buildkitDir(t)
	first, _ := daemon(t, firstDir)
	second, pid := daemon(t, secondDir)
	if first == second {
		t.Fatalf("one BuildKit at %s", first)
	}
	build := func(wait time.Duration) (image.Result, string, error) {
		b := builder.New(builder.Settings{
			Builders: map[string]string{"linux/amd64": first, "linux/386": second}, Return: wait,
		})
		defer b.Close()
		dir := filepath.Join(t.TempDir(), "layout")
		r, err := image.BuildOne(t.Context(), b, spec, dir, image.Progress{})
		return r, dir, err
	}
	killed := make(chan struct{})
	kill := func(pid, sleeping int) {
		defer close(killed)
		for end := time.Now().Add(2 * time.Minute); len(processes(mark)) < sleeping && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
		_ = syscall.Kill(pid, syscall.SIGKILL)
		for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if _, err := os.Stat(filepath.Join(secondDir, "buildkitd.pid")); err != nil {
				return // its supervisor has ended too
			}
		}
	}

	go kill(pid, 2)
	_, dir, err := build(time.Millisecond)
	<-killed
	if fault.CodeOf(err) != fault.Build ||
		!strings.Contains(err.Error(), second+" for linux/386 went away in mid-build") ||
		!strings.Contains(fault.HintOf(err).String(), "builder:status") {
		t.Errorf("got %v (hint %q)", err, fault.HintOf(err).String())
	}
	if left, _ := filepath.Glob(dir + "*"); len(left) > 0 {
		t.Errorf("left %s", left)
	}

	// Both BuildKits remember the first try, so now only the second is made to wait.
	second, pid = daemon(t, secondDir)
	mark += "-again"
	spec = stepSpec(t, `RUN --mount=type=cache,id=`+mark+`,target=/kept ["/step", "once", "/kept/`+mark+`"]`)
	spec.Platforms = []string{"linux/386"}
	killed = make(chan struct{})
	go func() {
		kill(pid, 1)
		daemon(t, secondDir)
	}()
	r, dir, err := build(2 * time.Minute)
	if err != nil || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], second+" for linux/386 went away") {
		t.Fatalf("after the return: %v, warnings %q", err, r.Warnings)
	}
	if _, err := os.Stat(filepath.Join(dir, "index.json")); err != nil {
		t.Error(err)
	}
}
