package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestGoAtWork tells a go command that compiles from one that only looks.
func TestGoAtWork(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc: children are not found")
	}
	if atWork, compiles, what := goAtWork(); atWork || compiles || what != "" {
		t.Errorf("without go: at work %t, compiles %t %q", atWork, compiles, what)
	}
	for program, want := range map[string]bool{"compile": true, "link": true, "asm": true, "git": false} {
		t.Run(program, func(t *testing.T) {
			startGo(t, program)
			atWork, compiles, what := goAtWork()
			if !atWork || compiles != want {
				t.Errorf("at work %t, compiles %t", atWork, compiles)
			}
			if named := what == "example.org/one"; named != want {
				t.Errorf("compiles %t, and the package is %q", compiles, what)
			}
		})
	}
}

// TestCompilationLines: a compilation of minutes is never silent for longer than five seconds, and a go command that
// compiles nothing is never said to.
func TestCompilationLines(t *testing.T) {
	var c compilation
	if line := c.line(time.Minute, false, ""); line != "" {
		t.Errorf("before a compiler runs: %q", line)
	}
	if line := c.line(61*time.Second, true, "k8s.io/one"); !strings.HasPrefix(line, "compiling the targets: once ") {
		t.Errorf("first: %q", line)
	}
	for _, one := range []struct {
		seconds  time.Duration
		compiles bool
		what     string
		want     string
	}{
		{62, true, "k8s.io/two", ""},
		{65, true, "k8s.io/two", ""},
		{66, true, "", "compiling the targets (1m6s): k8s.io/two"}, // a link
		{70, true, "k8s.io/three", ""},
		{71, false, "", "compiling the targets (1m11s): k8s.io/three"}, // between two compilers
		{76, true, "main", "compiling the targets (1m16s): main"},
	} {
		if line := c.line(one.seconds*time.Second, one.compiles, one.what); line != one.want {
			t.Errorf("after %d s: %q, want %q", one.seconds, line, one.want)
		}
	}
	nameless := compilation{begun: true}
	if line := nameless.line(9*time.Second, true, ""); line != "compiling the targets (9s)" {
		t.Errorf("without a package: %q", line)
	}
}

// startGo runs a program called go that runs another, until the test ends.
func startGo(t *testing.T, program string) {
	t.Helper()
	dir := t.TempDir()
	begun := filepath.Join(dir, "begun")
	for name, text := range map[string]string{
		"go":    "#!/bin/sh\n" + dir + "/" + program + " -o out -p example.org/one\nexit 0\n",
		program: "#!/bin/sh\necho >" + begun + "\nread line\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "go"))
	stdin, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	for t.Context().Err() == nil {
		if _, err := os.Stat(begun); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
