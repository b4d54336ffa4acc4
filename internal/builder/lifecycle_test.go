package builder_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/fault"
)

// settings are for an embedded BuildKit of the test's own. It skips, aloud, where that cannot run.
func settings(t *testing.T) builder.Settings {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: starts BuildKit")
	}
	if os.Geteuid() != 0 {
		t.Skip("the embedded BuildKit needs root")
	}
	if _, err := exec.LookPath("/usr/sbin/runc"); err != nil {
		t.Skip("runc is not installed")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	shared, dir := filepath.Join(cache, "howdah-test"), t.TempDir()
	program := filepath.Join(shared, "buildkitd-"+buildkitd.Version())
	if _, err := os.Stat(program); err != nil {
		t.Logf("building buildkitd once")
		if err := os.MkdirAll(shared, 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/moby/buildkit/cmd/buildkitd")
		cmd.Dir = "../../tools"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if err := os.Link(program, filepath.Join(dir, filepath.Base(program))); err != nil {
		t.Fatal(err)
	}
	return builder.Settings{Builder: "embedded", Dir: dir, Tools: "../../tools/go.mod", Say: t.Logf}
}

// daemons are the processes that serve the folder.
func daemons(dir string) (out []string) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range lines {
		data, err := os.ReadFile(name)
		if err == nil && bytes.Contains(data, []byte(dir)) {
			out = append(out, strings.Split(name, "/")[2]+" "+string(bytes.ReplaceAll(data, []byte{0}, []byte(" "))))
		}
	}
	return out
}

func none(t *testing.T, dir string) {
	t.Helper()
	for end := time.Now().Add(3 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left := daemons(dir)
		if len(left) == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("still there: %q", left)
		}
	}
	for _, name := range []string{"buildkitd.sock", "alive", "buildkitd.pid"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left: %v", name, err)
		}
	}
}

func node(t *testing.T, b *builder.Builder) *builder.Node {
	t.Helper()
	n, err := b.Node(t.Context(), "linux/amd64")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Client.Info(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStartedOnDemandAndStopped(t *testing.T) {
	s := settings(t)
	b := builder.New(s)
	none(t, s.Dir)
	began := time.Now()
	n := node(t, b)
	t.Logf("ready after %s: %s %s %s", time.Since(began).Round(time.Millisecond), n.Kind, n.Version, n.Native)
	if again := node(t, b); again != n {
		t.Error("a second daemon for the same choice")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	none(t, s.Dir)
	if err := b.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	// The same folder again, with what is left of the first time.
	node(t, b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	none(t, s.Dir)
}

// TestUsersShareOneDaemon: the last user ends it, whoever that is.
func TestUsersShareOneDaemon(t *testing.T) {
	s := settings(t)
	users := make([]*builder.Builder, 3)
	var wg sync.WaitGroup
	for i := range users {
		users[i] = builder.New(s)
		wg.Go(func() {
			if _, err := users[i].Node(t.Context(), "linux/amd64"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i, u := range users {
		if err := u.Close(); err != nil {
			t.Fatal(err)
		}
		if i < len(users)-1 {
			node(t, users[len(users)-1])
		}
	}
	none(t, s.Dir)
}

func TestUpAndDown(t *testing.T) {
	s := settings(t)
	b := builder.New(s)
	state := func() builder.State {
		t.Helper()
		st, err := b.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	if st := state(); st.Running || !st.Program || st.Kind != "embedded" {
		t.Errorf("before: %+v", st)
	}
	for range 2 { // the second time there is nothing to do
		if err := b.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if st := state(); !st.Running || !st.Up || st.PID == 0 || len(st.Platforms) == 0 || st.Platforms[0] != "linux/amd64" {
		t.Errorf("up: %+v", st)
	}
	user := builder.New(s)
	node(t, user)
	if err := b.Down(t.Context()); fault.CodeOf(err) != fault.Retry {
		t.Errorf("down while it is used: %v", err)
	}
	if err := user.Close(); err != nil {
		t.Fatal(err)
	}
	if st := state(); !st.Running {
		t.Error("a user's end took it down")
	}
	if err := b.Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	none(t, s.Dir)
	if err := b.Down(t.Context()); err != nil {
		t.Errorf("down twice: %v", err)
	}
}

// TestLeftovers: a socket, a FIFO and a process id from a machine that lost power do not stand in the way, and the
// process that now has that id is left alone.
func TestLeftovers(t *testing.T) {
	s := settings(t)
	other := exec.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	for name, text := range map[string]string{"buildkitd.sock": "", "alive": "", "up": "",
		"buildkitd.pid": fmt.Sprint(other.Process.Pid)} {
		if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := builder.New(s)
	node(t, b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	none(t, s.Dir)
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", other.Process.Pid)); err != nil {
		t.Error("another's process was ended")
	}
}

// TestDaemonKilled: after a SIGKILL of the daemon the next run starts another.
func TestDaemonKilled(t *testing.T) {
	s := settings(t)
	b := builder.New(s)
	node(t, b)
	st, err := b.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p, err := os.FindProcess(st.PID); err != nil || p.Kill() != nil {
		t.Fatal("it could not be killed")
	}
	if err := b.Close(); err != nil {
		t.Logf("closing: %v", err)
	}
	none(t, s.Dir)
	b = builder.New(s)
	node(t, b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	none(t, s.Dir)
}

func TestPruneAll(t *testing.T) {
	s := settings(t)
	b := builder.New(s)
	node(t, b)
	if _, err := b.Prune(t.Context(), 0); fault.CodeOf(err) != fault.Retry {
		t.Errorf("pruned while it is used: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	freed, err := b.Prune(t.Context(), 0)
	if err != nil || freed == 0 {
		t.Errorf("freed %d, %v", freed, err)
	}
	if n, err := b.Usage(); err != nil || n != 0 {
		t.Errorf("%d bytes left, %v", n, err)
	}
}

func TestPlatforms(t *testing.T) {
	s := settings(t)
	b := builder.New(s)
	defer b.Close()
	if _, err := b.Node(t.Context(), "linux/386"); err != nil {
		t.Errorf("an amd64 processor runs 386: %v", err)
	}
	_, err := b.Node(t.Context(), "linux/s390x")
	if fault.CodeOf(err) != fault.Usage || fault.HintOf(err).String() == "" {
		t.Errorf("a foreign platform: %v", err)
	}
	if _, err := b.Node(t.Context(), "nonsense/nonsense/x/y"); fault.CodeOf(err) != fault.Usage {
		t.Errorf("no platform: %v", err)
	}
}

func TestAddresses(t *testing.T) {
	for address, code := range map[string]fault.Code{
		"unix:///nonexistent/buildkitd.sock": fault.Retry,
		"tcp://127.0.0.1:1":                  fault.Retry,
		"nonsense":                           fault.Usage,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		_, err := builder.New(builder.Settings{Builder: address}).Node(ctx, "linux/amd64")
		cancel()
		if fault.CodeOf(err) != code {
			t.Errorf("%s: %v (code %d), want %d", address, err, fault.CodeOf(err), code)
		}
	}
}

func TestHostComesFirst(t *testing.T) {
	s := settings(t)
	up := builder.New(s)
	node(t, up)
	defer up.Close()
	b := builder.New(builder.Settings{Host: "unix://" + filepath.Join(s.Dir, "buildkitd.sock"), Dir: t.TempDir()})
	defer b.Close()
	if n := node(t, b); n.Kind != "remote" {
		t.Errorf("BUILDKIT_HOST gave a builder of kind %s", n.Kind)
	}
	per := builder.New(builder.Settings{Builder: "nonsense",
		Builders: map[string]string{"linux/amd64": "unix://" + filepath.Join(s.Dir, "buildkitd.sock")}})
	defer per.Close()
	node(t, per)
}
