package imagerun

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/lock"
)

// abandon is a run that is killed: it starts programs that end by force only, says so, and waits.
func abandon(args []string) {
	s := &Stack{opt: Options{Dir: args[0], Log: os.Stderr}}
	check := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	var err error
	s.sweeper, err = startSweeper()
	check(err)
	check(s.makeDir())
	ended := &program{cmd: detach(exec.CommandContext(context.Background(), "true"))}
	check(s.start(ended))
	check(s.wait(ended))
	for _, script := range []string{"sleep 60", "trap '' TERM; sleep 60 & sleep 60"} {
		check(
			s.start(&program{cmd: detach(exec.CommandContext(context.Background(), "/bin/sh", "-c", "cd "+s.dir+"; "+script))}))
	}
	fmt.Println(s.dir)
	time.Sleep(time.Minute)
}

// Who is killed leaves nothing either: neither programs nor folders.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "abandon")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	victim := exec.CommandContext(t.Context(), link, dir)
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	run := strings.TrimSpace(line)
	if err != nil || !strings.HasPrefix(run, dir) {
		t.Fatalf("%q, %v", line, err)
	}
	eventually(t, "two programs run", func() bool { return len(processesBelow(t, run)) >= 2 })
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()
	eventually(t, "no program is left", func() bool { return len(processesBelow(t, run)) == 0 })
	eventually(t, "no folder is left", func() bool {
		_, err := os.Stat(run)
		return os.IsNotExist(err)
	})
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not so: %s", what)
		}
	}
}

// A run takes away what an earlier one left that can have had no end of its own, and leaves alone one that goes on.
func TestClearOld(t *testing.T) {
	dir := t.TempDir()
	old, going := filepath.Join(dir, "run-1"), filepath.Join(dir, "run-2")
	for _, folder := range []string{filepath.Join(old, "web", "etc"), going, postgresDir(old)} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { os.RemoveAll(postgresDir(old)) })
	held, err := lock.Take(filepath.Join(going, inUse), "another")
	if err != nil {
		t.Fatal(err)
	}
	if err := clearOld(dir); err != nil {
		t.Error(err)
	}
	for folder, stays := range map[string]bool{old: false, postgresDir(old): false, going: true} {
		if _, err := os.Stat(folder); (err == nil) != stays {
			t.Errorf("%s: %v", folder, err)
		}
	}
	if _, err := lock.Take(filepath.Join(going, inUse), "a third"); fault.CodeOf(err) != fault.Retry {
		t.Errorf("the other run's lock: %v", err)
	}
	if err := held.Release(); err != nil {
		t.Error(err)
	}
}
