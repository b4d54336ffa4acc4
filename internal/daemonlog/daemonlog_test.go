package daemonlog

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/term"
)

// started is a log of a test's own. The test writes what a daemon would print.
type started struct {
	*testing.T
	file, socket string
	output       *os.File
	link         *Link
}

func start(t *testing.T, ctx context.Context) *started {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the process that masks is started by way of /proc")
	}
	dir, err := os.MkdirTemp("", "log") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &started{T: t, file: filepath.Join(dir, "log"), socket: filepath.Join(dir, "socket")}
	if s.output, s.link, err = Start(ctx, s.file, s.socket); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = s.output.Close(), s.link.Close() })
	return s
}

// print writes parts of the daemon's output.
func (s *started) print(parts ...string) {
	s.Helper()
	for _, part := range parts {
		if _, err := s.output.WriteString(part); err != nil {
			s.Fatal(err)
		}
	}
}

// waitFor returns the log when it has a text.
func (s *started) waitFor(text string) string {
	s.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		data, err := os.ReadFile(s.file)
		if err != nil {
			s.Fatal(err)
		}
		if strings.Contains(string(data), text) {
			return string(data)
		}
		if time.Now().After(end) {
			s.Fatalf("the log has no %q:\n%s", text, data)
		}
	}
}

// end lets the daemon end, and returns the log.
func (s *started) end() string {
	s.Helper()
	if err := errors.Join(s.output.Close(), s.link.Wait(time.Minute)); err != nil {
		s.Fatal(err)
	}
	data, err := os.ReadFile(s.file)
	if err != nil {
		s.Fatal(err)
	}
	return string(data)
}

// TestMasked prints secrets that were known before, that become known while the daemon runs, and that a second command
// knows, in whole lines and in parts; the log never has one.
func TestMasked(t *testing.T) {
	first, second := term.NewSecrets("f1rst-canary-value"), term.NewSecrets("s3cond-canary-value", "\xff\xfec4nary-bytes")
	s := start(t, secret.With(t.Context(), first))
	s.print("a f1rst-canary-value b\na f1rst-can", "ary-value b\nBearer Zq9kTwLm4", "pV7xR2aB3c\n")
	first.Add("l4ter-canary-value")
	s.print("a l4ter-canary-value b\n", "-----BEGIN RSA PRIVATE KEY-----\nAbCdCanary\n")
	s.print("EfGhCanary\n-----END RSA PRIVATE KEY-----\nmark 1\n")
	got := s.waitFor("mark 1")
	link, err := Join(secret.With(t.Context(), second), s.socket)
	if err != nil {
		t.Fatal(err)
	}
	s.print("of two: f1rst-canary-value s3cond-canary-value \xff\xfec4nary-bytes\n")
	if err := s.link.Close(); err != nil { // the first command has ended
		t.Fatal(err)
	}
	first.Add("unkn0wn-to-the-masker")
	second.Add("l4st-canary-value")
	s.link = link
	s.print("of one: l4ter-canary-value l4st-canary-value\nmark 2\n", "no end: s3cond-canary-value")
	got += s.waitFor("mark 2")
	got += s.end()
	if strings.Contains(strings.ToLower(got), "canary") || strings.Contains(got, "Zq9k") {
		t.Errorf("a secret is in the log:\n%s", got)
	}
	for _, line := range []string{"a *** b\na *** b\nBearer ***\na *** b\n***\nmark 1\n", "of two: *** *** ***\n",
		"of one: *** ***\n", "no end: ***"} {
		if !strings.Contains(got, line) {
			t.Errorf("no %q in the log:\n%s", line, got)
		}
	}
	info, err := os.Stat(s.file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the log's mode: %v, %v", info.Mode(), err)
	}
	if info, err = os.Stat(s.socket); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the socket's mode: %v, %v", info.Mode(), err)
	}
	if _, err := Join(t.Context(), s.socket); err == nil {
		t.Error("the process outlives the daemon")
	}
}

// TestFileFromBefore: a log that others could read is emptied, and they can read it no longer.
func TestFileFromBefore(t *testing.T) {
	dir, err := os.MkdirTemp("", "log")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "log")
	if err := os.WriteFile(file, []byte("from before\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	log, err := newBounded(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Write([]byte("new\n")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "new\n" {
		t.Errorf("%q, %v", data, err)
	}
}

// TestBounded: a log never has more than longest bytes, and its end is whole lines to the last.
func TestBounded(t *testing.T) {
	log, err := newBounded(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	line := []byte(strings.Repeat("x", 99_990) + " line end\n")
	for i := range 120 {
		if _, err := log.Write(line); err != nil {
			t.Fatal(err)
		}
		info, err := log.file.Stat()
		if err != nil || info.Size() > longest {
			t.Fatalf("%d lines: %d bytes, %v", i+1, info.Size(), err)
		}
	}
	data, err := os.ReadFile(log.file.Name())
	if err != nil || len(data)%len(line) != 0 || !bytes.HasSuffix(data, line) || len(data) < kept/2 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

// broken is a disk that is full.
type broken struct{ writes int }

func (b *broken) Write([]byte) (int, error) {
	b.writes++
	return 0, errors.New("no space left on device")
}

// TestReadsOn: the daemon's output is read to its end also where it cannot be written, or the daemon would stop.
func TestReadsOn(t *testing.T) {
	var to broken
	from := strings.NewReader(strings.Repeat("a line\n", 100_000))
	copyMasked(&to, from, term.NewSecrets())
	if from.Len() > 0 || to.writes < 2 {
		t.Errorf("%d bytes are left after %d writes", from.Len(), to.writes)
	}
}

// TestCannotStart: what keeps the process from masking is an error before a daemon starts.
func TestCannotStart(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the process that masks is started by way of /proc")
	}
	dir := t.TempDir()
	for name, c := range map[string]struct{ file, socket, want string }{
		"no folder":  {filepath.Join(dir, "none", "log"), filepath.Join(dir, "s"), "no such file"},
		"long path":  {filepath.Join(dir, "log"), filepath.Join(dir, strings.Repeat("x", 120)), "invalid argument"},
		"a folder":   {dir, filepath.Join(dir, "s2"), "is a directory"},
		"no folder2": {filepath.Join(dir, "log"), filepath.Join(dir, "none", "s"), "no such file"},
	} {
		if _, _, err := Start(t.Context(), c.file, c.socket); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
