package lock

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
)

// TestMain lets the test's own binary be another run.
func TestMain(m *testing.M) {
	if path := os.Getenv("LOCK_HOLD"); path != "" {
		if _, err := Take(path, "release"); err != nil {
			fmt.Println(err)
			os.Exit(int(fault.CodeOf(err)))
		}
		// A child that outlives the holder must not keep the lock.
		child := exec.Command("sleep", "60")
		if err := child.Start(); err != nil {
			os.Exit(1)
		}
		fmt.Println("held", child.Process.Pid)
		time.Sleep(time.Minute)
	}
	os.Exit(m.Run())
}

func hold(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "LOCK_HOLD="+path)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	var child int
	if _, err := fmt.Sscanf(line, "held %d", &child); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
		if p, err := os.FindProcess(child); err == nil {
			p.Kill()
		}
	})
	return c
}

func TestSecondRunIsToldWho(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dist", ".lock")
	first := hold(t, path)
	_, err := Take(path, "patch:check")
	if fault.CodeOf(err) != fault.Retry {
		t.Fatalf("%v", err)
	}
	want := fmt.Sprintf(`another run, "release", has locked %q: process %d, since %s`, path, first.Process.Pid, time.Now().
		UTC().Format("2006-01-02T"))
	if !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v\nwant %s", err, want)
	}
	if want := fmt.Sprintf("kill %d", first.Process.Pid); !strings.Contains(fault.HintOf(err).String(), want) {
		t.Errorf("%q", fault.HintOf(err).String())
	}
}

// Killed without warning, its child still there, its words still in the file: the next run gets the lock.
func TestNeverStale(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".lock")
	for range 5 {
		c := hold(t, path)
		c.Process.Kill()
		c.Wait()
		if data, _ := os.ReadFile(path); !strings.Contains(string(data), "release") {
			t.Fatalf("%q", data)
		}
		held, err := Take(path, "release")
		if err != nil {
			t.Fatal(err)
		}
		if err := held.Release(); err != nil {
			t.Fatal(err)
		}
		if err := held.Release(); err != nil {
			t.Fatal(err)
		}
		if data, _ := os.ReadFile(path); len(data) > 0 {
			t.Fatalf("%q", data)
		}
	}
}

// Whatever the file holds, it is only words.
func TestAnyContent(t *testing.T) {
	for _, content := range []string{"", "{", "null", strings.Repeat("x", 10000), "{\"pid\":-1}", "\x00"} {
		path := filepath.Join(t.TempDir(), ".lock")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		held, err := Take(path, "a")
		if err != nil {
			t.Fatalf("%q: %v", content, err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := take(path, "b", 1); fault.CodeOf(err) != fault.Retry {
			t.Errorf("%q: %v", content, err)
		}
		held.Release()
	}
}

// Of many at once one gets in at a time.
func TestOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".lock")
	var inside, most, done int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			held, err := Wait(t.Context(), path, "x")
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			inside++
			most = max(most, inside)
			mu.Unlock()
			time.Sleep(2 * time.Millisecond)
			mu.Lock()
			inside--
			done++
			mu.Unlock()
			held.Release()
		})
	}
	all.Wait()
	if most != 1 || done != 20 {
		t.Errorf("%d at once, %d done", most, done)
	}
}

func TestWaitEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".lock")
	held, err := Take(path, "x")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	if _, err := wait(t.Context(), path, "y", 80*time.Millisecond); fault.CodeOf(err) != fault.Retry {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := Wait(ctx, path, "y"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// TestShare lets many in, tidies up when nobody is there, and only then.
func TestShare(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache", ".users")
	tidied := 0
	tidy := func() error { tidied++; return nil }
	first, err := Share(t.Context(), path, tidy)
	if err != nil || tidied != 1 {
		t.Fatalf("alone: tidied %d times, %v", tidied, err)
	}
	second, err := Share(t.Context(), path, tidy)
	if err != nil || tidied != 1 {
		t.Fatalf("beside another: tidied %d times, %v", tidied, err)
	}
	if err := errors.Join(first.Release(), first.Release(), second.Release()); err != nil {
		t.Fatal(err)
	}
	bad := errors.New("no")
	if _, err := Share(t.Context(), path, func() error { return bad }); !errors.Is(err, bad) {
		t.Errorf("a failed tidy: %v", err)
	}
	third, err := Share(t.Context(), path, tidy)
	if err != nil || tidied != 2 {
		t.Fatalf("alone again: tidied %d times, %v", tidied, err)
	}
	defer third.Release()

	// While one tidies up, another waits; a cancelled one gives up.
	other := filepath.Join(t.TempDir(), ".users")
	inside, leave := make(chan bool), make(chan bool)
	var held *Lock
	var wait sync.WaitGroup
	wait.Go(func() {
		held, _ = Share(t.Context(), other, func() error { close(inside); <-leave; return nil })
	})
	<-inside
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Share(ctx, other, tidy); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while another tidies up: %v", err)
	}
	close(leave)
	wait.Wait()
	if held == nil {
		t.Fatal("who tidied up has no lock")
	}
	defer held.Release()
}

// A program that is being started has a copy of every open file until it is executed: the lock is released in spite of
// it.
func TestReleasedWithACopyOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	for name, take := range map[string]func() (*Lock, error){
		"alone":  func() (*Lock, error) { return Take(path, "release") },
		"shared": func() (*Lock, error) { return Share(t.Context(), path, func() error { return nil }) },
	} {
		held, err := take()
		if err != nil {
			t.Fatal(err)
		}
		other, err := syscall.Dup(int(held.file.Fd()))
		if err != nil {
			t.Fatal(err)
		}
		if err := held.Release(); err != nil {
			t.Error(err)
		}
		next, err := Take(path, "release")
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if err := next.Release(); err != nil {
			t.Error(err)
		}
		if err := syscall.Close(other); err != nil {
			t.Error(err)
		}
	}
}

// The kernel's lock is taken before the file names its holder, and let go after the name was taken out: whoever comes
// between looks again, and then names the holder or takes the lock.
func TestLooksAgainForTheName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	for _, c := range []struct {
		name  string
		looks int
		then  func(f *os.File) error
		want  string
	}{
		{"writes its name", 1 << 20, func(f *os.File) error { return rewrite(f, []byte(`{"pid":7,"what":"release"}`)) },
			`another run, "release", has locked`},
		{"lets go", 1 << 20, unlock, ""},
		{"never says", 2, func(*os.File) error { return nil }, `another run has locked`},
	} {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if err == nil {
			err = errors.Join(rewrite(f, nil), flock(f, syscall.LOCK_EX))
		}
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		ended := make(chan error, 1)
		go func() {
			held, err := take(path, "patch:save", c.looks)
			if err == nil {
				err = held.Release()
			}
			ended <- err
		}()
		if err := c.then(f); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		_ = f.Close()
	}
}
