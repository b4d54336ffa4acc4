package builder_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/term"
)

// The secrets that a talking daemon prints.
const (
	canary      = "c4n4ry-in-the-log"
	otherCanary = "0ther-c4n4ry-in-the-log"
)

// talking makes the settings' daemon one that prints secrets at its start, when the file "say" comes, and at its end,
// as BuildKit prints what a registry answers.
func talking(t *testing.T) builder.Settings {
	t.Helper()
	s := settings(t)
	program := filepath.Join(s.Dir, "buildkitd-"+buildkitd.Version())
	if err := os.Rename(program, filepath.Join(s.Dir, "daemon")); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf(`#!/bin/sh
say() { printf 'level=error msg="%%s: %[1]s"\nBearer dG9rZW4tb2Y\n-----BEGIN PRIVATE KEY-----\nAbCd%[1]s\nEfGh\n-----END `+
		`PRIVATE KEY-----\nof another: %[2]s\nafter %%s\n' "$1" "$1"; }
say start
%[3]q "$@" &
daemon=$!
trap 'say end; kill $daemon' TERM
while kill -0 $daemon 2>/dev/null; do
	if [ -e %[4]q ]; then rm %[4]q; say meanwhile; fi
	sleep 0.1
done
`, canary, otherCanary, filepath.Join(s.Dir, "daemon"), filepath.Join(s.Dir, "say"))
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return s
}

// logWith returns the daemon's log when it has a text.
func logWith(t *testing.T, s builder.Settings, text string) string {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if got := logNow(t, s); strings.Contains(got, text) {
			return got
		} else if time.Now().After(end) {
			t.Fatalf("no %q in the log:\n%s", text, got)
		}
	}
}

// logNow returns the daemon's log. It fails where that has a secret of its first user, or one that has a secret's form.
func logNow(t *testing.T, s builder.Settings) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.Dir, "buildkitd.log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{canary, "dG9r", "AbCd", "EfGh"} {
		if strings.Contains(string(data), part) {
			t.Fatalf("the log has a secret:\n%s", data)
		}
	}
	return string(data)
}

// ends waits until nothing of the daemon runs any more.
func ends(t *testing.T, s builder.Settings) {
	t.Helper()
	for end := time.Now().Add(time.Minute); len(daemons(s.Dir)) > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still there: %q", daemons(s.Dir))
		}
	}
}

func say(t *testing.T, s builder.Settings) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.Dir, "say"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestLogIsMasked: what the daemon prints at its start, while it runs and at its end is masked whenever the log is
// read, whether its last user or builder:down ends it; and others cannot read it.
func TestLogIsMasked(t *testing.T) {
	ctx := secret.With(t.Context(), term.NewSecrets(canary, otherCanary))
	for _, up := range []bool{false, true} {
		s := talking(t)
		b := builder.New(s)
		if up {
			if err := b.Up(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.Node(ctx, "linux/amd64"); err != nil {
			t.Fatal(err)
		}
		const want = "start: ***\"\nBearer ***\n***\nof another: ***\n"
		if got := logWith(t, s, "after start"); !strings.Contains(got, want) {
			t.Errorf("up %v: %s", up, got)
		}
		info, err := os.Stat(filepath.Join(s.Dir, "buildkitd.log"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		say(t, s)
		logWith(t, s, "after meanwhile")
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if up {
			if err := b.Down(ctx); err != nil {
				t.Fatal(err)
			}
		}
		ends(t, s)
		if got := logNow(t, s); strings.Contains(got, otherCanary) {
			t.Errorf("up %v: %s", up, got)
		}
	}
}

// TestLogOfSharedDaemon: a second command's secrets are masked, those of the one that started the daemon also after it
// has left.
func TestLogOfSharedDaemon(t *testing.T) {
	s := talking(t)
	first, second := builder.New(s), builder.New(s)
	if _, err := first.Node(secret.With(t.Context(), term.NewSecrets(canary)), "linux/amd64"); err != nil {
		t.Fatal(err)
	}
	logWith(t, s, "after start")
	if _, err := second.Node(secret.With(t.Context(), term.NewSecrets(otherCanary)), "linux/amd64"); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	say(t, s)
	got := logWith(t, s, "after meanwhile")
	if _, later, _ := strings.Cut(got, "meanwhile: "); !strings.Contains(later, "of another: ***\n") {
		t.Error(got)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	ends(t, s)
	logNow(t, s)
}

// TestLogAfterKill kills a command that uses the daemon, which ends the daemon, or does not after builder:up: what the
// daemon prints then is masked too.
func TestLogAfterKill(t *testing.T) {
	if dir := os.Getenv("HOWDAH_TEST_HOLD"); dir != "" { // the command
		ctx := secret.With(context.Background(), term.NewSecrets(canary, otherCanary))
		b := builder.New(builder.Settings{Builder: "embedded", Dir: dir})
		if os.Getenv("HOWDAH_TEST_UP") != "" {
			if err := b.Up(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.Node(ctx, "linux/amd64"); err != nil {
			t.Fatal(err)
		}
		fmt.Println("holds")
		select {}
	}
	s := talking(t)
	killUser(t, s)
	ends(t, s)
	if got := logNow(t, s); strings.Contains(got, otherCanary) {
		t.Error(got)
	}
	killUser(t, s, "HOWDAH_TEST_UP=1")
	say(t, s)
	if got := logWith(t, s, "after meanwhile"); strings.Contains(got, otherCanary) {
		t.Error(got)
	}
	if err := builder.New(s).Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	ends(t, s)
	if got := logNow(t, s); strings.Contains(got, otherCanary) {
		t.Error(got)
	}
}

// killUser starts a command that uses the daemon, and kills it.
func killUser(t *testing.T, s builder.Settings, env ...string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestLogAfterKill$")
	cmd.Env = append(append(os.Environ(), "HOWDAH_TEST_HOLD="+s.Dir), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 5)
	if _, err := out.Read(said); err != nil || string(said) != "holds" {
		t.Fatalf("%q, %v", said, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}

// TestNothingMasks: a daemon whose output nothing masks, as one of an older Howdah, is not used; builder:down ends it.
func TestNothingMasks(t *testing.T) {
	s := settings(t)
	b := builder.New(s)
	if err := b.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.Dir, "buildkitd.sock.log")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Node(t.Context(), "linux/amd64"); fault.CodeOf(err) != fault.Retry ||
		fault.HintOf(err).String() == "" {
		t.Errorf("%v, %v", err, fault.HintOf(err))
	}
	if err := b.Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	none(t, s.Dir)
	node(t, b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	none(t, s.Dir)
}
