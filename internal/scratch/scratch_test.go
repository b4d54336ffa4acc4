package scratch

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestMain lets the test's own binary be another run, which leaves a file and waits to be killed.
func TestMain(m *testing.M) {
	if temp := os.Getenv("SCRATCH_HOLD"); temp != "" {
		d, err := open(temp)
		if err == nil {
			err = os.WriteFile(filepath.Join(d.Path(), "file"), []byte("x"), 0o600)
		}
		fmt.Println(err)
		time.Sleep(time.Minute)
	}
	os.Exit(m.Run())
}

func entries(t *testing.T, temp string) int {
	t.Helper()
	left, err := os.ReadDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	return len(left)
}

// The folder of a run that was killed is removed by the next one; that of a run which lives is not.
func TestKilled(t *testing.T) {
	temp := t.TempDir()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "SCRATCH_HOLD="+temp)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	first, err := open(temp)
	if line != "<nil>\n" || err != nil || entries(t, temp) != 2 {
		t.Errorf("%q, %v, %d folders", line, err, entries(t, temp))
	}
	if err := errors.Join(c.Process.Kill(), first.Close(), first.Close()); err != nil {
		t.Error(err)
	}
	_ = c.Wait()
	if entries(t, temp) != 1 {
		t.Errorf("%d folders after the kill", entries(t, temp))
	}
	second, err := open(temp)
	if err != nil || entries(t, temp) != 1 {
		t.Errorf("%v, %d folders", err, entries(t, temp))
	}
	if err := second.Close(); err != nil || entries(t, temp) != 0 {
		t.Errorf("%v, %d folders", err, entries(t, temp))
	}
}

// What others put there under such a name, a file or a link, is left alone.
func TestForeign(t *testing.T) {
	temp, outside := t.TempDir(), t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(temp, prefix+"file"), nil, 0o600),
		os.Symlink(outside, filepath.Join(temp, prefix+"link"))); err != nil {
		t.Fatal(err)
	}
	d, err := open(temp)
	if err != nil || d.Close() != nil || entries(t, temp) != 2 {
		t.Errorf("%v, %d left", err, entries(t, temp))
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}

// Many at once each have their own.
func TestMany(t *testing.T) {
	temp := t.TempDir()
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			d, err := open(temp)
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(os.WriteFile(filepath.Join(d.Path(), "f"), nil, 0o600), d.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := entries(t, temp); n != 0 {
		t.Errorf("%d left", n)
	}
}
