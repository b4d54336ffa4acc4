package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestGoAtWork tells a go command that compiles from one that only looks.
func TestGoAtWork(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc: children are not found")
	}
	if atWork, compiles := goAtWork(); atWork || compiles {
		t.Errorf("without go: at work %t, compiles %t", atWork, compiles)
	}
	for program, want := range map[string]bool{"compile": true, "link": true, "asm": true, "git": false} {
		t.Run(program, func(t *testing.T) {
			startGo(t, program)
			if atWork, compiles := goAtWork(); !atWork || compiles != want {
				t.Errorf("at work %t, compiles %t", atWork, compiles)
			}
		})
	}
}

// startGo runs a program called go that runs another, until the test ends.
func startGo(t *testing.T, program string) {
	t.Helper()
	dir := t.TempDir()
	begun := filepath.Join(dir, "begun")
	for name, text := range map[string]string{
		"go":    "#!/bin/sh\n" + dir + "/" + program + "\nexit 0\n",
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
