package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"go.uber.org/goleak"
)

// TestMain lets the test's own binary play go, mage and the target, each started by the one before.
func TestMain(m *testing.M) {
	switch os.Getenv("PROCESS_ROLE") {
	case "target":
		target(os.Getenv("PROCESS_RESULT"))
	case "above":
		above()
	}
	goleak.VerifyTestMain(m)
}

func target(result string) {
	if os.Getenv("PROCESS_COMPILES") != "" {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt)
		fmt.Println("ready", os.Getpid())
		<-signals
		os.Exit(1)
	}
	ctx, stop := Context(context.Background())
	defer stop()
	fmt.Println("ready", os.Getpid())
	err := errors.New("nobody ended it")
	select {
	case <-ctx.Done():
		err = fmt.Errorf("building: %w", ctx.Err())
	case <-time.After(20 * time.Second):
	}
	if os.Getenv("PROCESS_STUBBORN") != "" {
		time.Sleep(20 * time.Second)
	}
	said := fmt.Sprintf("%d %v", Code(ctx, err), Explain(ctx, err))
	if err := os.WriteFile(result+".tmp", []byte(said), 0o644); err != nil {
		panic(err)
	}
	if err := os.Rename(result+".tmp", result); err != nil {
		panic(err)
	}
	os.Exit(int(Code(ctx, err)))
}

// above starts the next of PROCESS_CHAIN and waits for it, as go and mage do.
func above() {
	exit := func(code int) int { return code }
	if os.Getenv("PROCESS_PASS_ON") != "" {
		exit = PassOn()
	}
	next, rest, more := strings.Cut(os.Getenv("PROCESS_CHAIN"), ":")
	role := "target"
	if more {
		role = "above"
	}
	c := exec.Command(next)
	c.Env = append(os.Environ(), "PROCESS_ROLE="+role, "PROCESS_CHAIN="+rest)
	c.Stdout = os.Stdout
	if err := c.Start(); err != nil {
		panic(err)
	}
	fmt.Println("started", c.Process.Pid)
	c.Wait()
	os.Exit(exit(c.ProcessState.ExitCode()))
}

const hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// chainOf starts programs with these names, each started by the one before, and returns them once the last is ready,
// with the file that the last writes when it ends.
func chainOf(t *testing.T, names ...string) (pids []int, first *exec.Cmd, result string) {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.Symlink(self, path); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	result = filepath.Join(dir, "result")
	role := "above"
	if len(names) == 1 {
		role = "target"
	}
	c := exec.Command(paths[0])
	c.Env = append(os.Environ(), "PROCESS_ROLE="+role, "PROCESS_RESULT="+result,
		"PROCESS_CHAIN="+strings.Join(paths[1:], ":"))
	out, w := io.Pipe()
	c.Stdout = w
	c.WaitDelay = time.Second
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	pids = []int{c.Process.Pid}
	lines := bufio.NewScanner(out)
	ready := false // the last may say so before the one above says that it has started it
	for (!ready || len(pids) < len(names)) && lines.Scan() {
		var pid int
		if _, err := fmt.Sscanf(lines.Text(), "started %d", &pid); err == nil {
			pids = append(pids, pid)
		}
		ready = ready || strings.HasPrefix(lines.Text(), "ready")
	}
	go io.Copy(io.Discard, out)
	t.Cleanup(func() {
		for _, pid := range pids {
			if p, err := os.FindProcess(pid); err == nil {
				p.Kill()
			}
		}
		c.Wait()
		w.Close()
	})
	if len(pids) != len(names) {
		t.Fatalf("%d of %d processes", len(pids), len(names))
	}
	return pids, c, result
}

func await(t *testing.T, result string) string {
	t.Helper()
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if data, err := os.ReadFile(result); err == nil {
			return string(data)
		}
	}
	return "still running after two seconds"
}

func TestSignals(t *testing.T) {
	for s, want := range map[syscall.Signal]string{syscall.SIGINT: "130 interrupted", syscall.SIGTERM: "143 terminated"} {
		pids, c, result := chainOf(t, hash)
		syscall.Kill(pids[0], s)
		if got := await(t, result); got != want {
			t.Errorf("%v: %s, want %s", s, got, want)
		}
		c.Wait()
		if got := fmt.Sprint(c.ProcessState.ExitCode()); !strings.HasPrefix(want, got) {
			t.Errorf("%v: exit %s", s, got)
		}
	}
}

// mage dies of SIGTERM and passes nothing on; nor does anything that is killed.
func TestMageGone(t *testing.T) {
	if _, err := os.Stat("/proc/self/comm"); err != nil {
		t.Skip("no /proc: only the parent itself is watched")
	}
	for _, tc := range []struct {
		name  string
		chain []string
		kill  int
	}{
		{"mage", []string{"mage", hash}, 0},
		{"go tool mage", []string{"go", "mage", hash}, 0},
		{"mage under go", []string{"go", "mage", hash}, 1},
	} {
		pids, _, result := chainOf(t, tc.chain...)
		time.Sleep(100 * time.Millisecond)
		syscall.Kill(pids[tc.kill], syscall.SIGKILL)
		if got := await(t, result); got != "143 ended with mage" {
			t.Errorf("%s: %s", tc.name, got)
		}
	}
}

// With PassOn mage hands signals down, waits for its target, and has its exit code.
func TestPassOn(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc: children are not found")
	}
	t.Setenv("PROCESS_PASS_ON", "1")
	for s, want := range map[syscall.Signal]string{syscall.SIGINT: "130 interrupted", syscall.SIGTERM: "143 terminated"} {
		pids, c, result := chainOf(t, "mage", hash)
		for range 3 { // as when go and a terminal both send it
			syscall.Kill(pids[0], s)
		}
		if got := await(t, result); got != want {
			t.Errorf("%v: %s", s, got)
		}
		c.Wait()
		if code := fmt.Sprint(c.ProcessState.ExitCode()); !strings.HasPrefix(want, code) {
			t.Errorf("%v: exit %s", s, code)
		}
	}
}

// A signal that comes before there is a target, while mage compiles it, is the exit code too: what compiles fails with
// 1.
func TestPassOnWhileCompiling(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc: children are not found")
	}
	t.Setenv("PROCESS_PASS_ON", "1")
	t.Setenv("PROCESS_COMPILES", "1")
	pids, c, _ := chainOf(t, "mage", "go")
	syscall.Kill(pids[0], syscall.SIGINT)
	c.Wait()
	if code := c.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit %d", code)
	}
}

// A second signal, later than an echo of the first, ends a run that does not end.
func TestSecondSignal(t *testing.T) {
	t.Setenv("PROCESS_STUBBORN", "1")
	pids, c, result := chainOf(t, hash)
	syscall.Kill(pids[0], syscall.SIGINT)
	time.Sleep(echo + 200*time.Millisecond)
	syscall.Kill(pids[0], syscall.SIGINT)
	c.Wait()
	if code := c.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit %d", code)
	}
	if _, err := os.Stat(result); err == nil {
		t.Error("it exited")
	}
}

// A compiled binary outlives the shell that started it, and a target the shell that started mage.
func TestOtherParentsMayGo(t *testing.T) {
	for _, chain := range [][]string{{"bash", "howdah"}, {"bash", "mage", hash}} {
		pids, _, result := chainOf(t, chain...)
		syscall.Kill(pids[0], syscall.SIGKILL)
		time.Sleep(4 * pollEach)
		if data, err := os.ReadFile(result); err == nil {
			t.Errorf("%q: %s", chain, data)
		}
		syscall.Kill(pids[len(pids)-1], syscall.SIGTERM)
		if got := await(t, result); got != "143 terminated" {
			t.Errorf("%q: %s", chain, got)
		}
	}
}

func TestCode(t *testing.T) {
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(&endedProgram{signal: os.Interrupt})
	partial := fmt.Errorf("publishing: %w", fault.New(fault.Partial, "one registry has it: %w", context.Canceled))
	for _, tc := range []struct {
		ctx  context.Context
		err  error
		want fault.Code
		text string
	}{
		{ended, nil, fault.OK, "<nil>"},
		{ended, errors.New("signal: killed"), fault.Interrupted, "interrupted"},
		{ended, fault.New(fault.Build, "solving: %w", context.Canceled), fault.Interrupted, "interrupted"},
		{ended, partial, fault.Partial, partial.Error()},
		{t.Context(), fault.New(fault.Build, "solving"), fault.Build, "solving"},
		{t.Context(), context.Canceled, fault.Interrupted, "context canceled"},
	} {
		if got := Code(tc.ctx, tc.err); got != tc.want {
			t.Errorf("%v: %d, want %d", tc.err, got, tc.want)
		}
		if got := fmt.Sprint(Explain(tc.ctx, tc.err)); got != tc.text {
			t.Errorf("%v: %q, want %q", tc.err, got, tc.text)
		}
	}
}

// mage cancels its own context on SIGINT, often before the signal is seen here; when its time is up, that is the cause.
func TestParentDone(t *testing.T) {
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	late, stopLate := context.WithTimeout(t.Context(), 0)
	defer stopLate()
	for parent, want := range map[context.Context]string{interrupted: "130 interrupted",
		late: "1 context deadline exceeded"} {
		ctx, stop := Context(parent)
		<-ctx.Done()
		err := fmt.Errorf("running git: %w", context.Cause(ctx))
		if got := fmt.Sprintf("%d %v", Code(ctx, err), Explain(ctx, context.Cause(ctx))); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		stop()
	}
}

// Whoever asks for a cancellation finds one.
func TestCause(t *testing.T) {
	if !errors.Is(&endedProgram{signal: os.Interrupt}, context.Canceled) {
		t.Error("a signal is no cancellation")
	}
}
