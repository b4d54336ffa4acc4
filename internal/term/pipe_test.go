package term

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
)

// TestPipe: a program that writes into the pipe, in parts of lines, and another that holds it open.
func TestPipe(t *testing.T) {
	s := NewSecrets("s3cret-of-the-image")
	var got strings.Builder
	to, end, err := s.Pipe(&got)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "printf 'a s3cret-of'; "+
		"printf -- '-the-image b\\nplain\\nAuthorization: Bearer abcdefghijk\\n'; printf 's3cret-of-the-image'")
	cmd.Stdout, cmd.Stderr = to, to
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if want := "a *** b\nplain\nAuthorization: ***\n***"; got.String() != want {
		t.Errorf("got %q, want %q", got.String(), want)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("full") }

// TestPipeFull: a disk that is full does not stop the programs, and is told in the end.
func TestPipeFull(t *testing.T) {
	to, end, err := NewSecrets().Pipe(broken{})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if _, err := to.WriteString(strings.Repeat("x", 10_000) + "\n"); err != nil {
			t.Fatal(err)
		}
	}
	if err := end(); err == nil || !strings.Contains(err.Error(), "full") {
		t.Errorf("%v", err)
	}
}

// TestHolds: what a program's argument may not be.
func TestHolds(t *testing.T) {
	s := NewSecrets("short-one", "a-long-enough-secret")
	for text, want := range map[string]bool{
		"": false, "short-one": false, "x a-long-enough-secret y": true, "YS1sb25nLWVub3VnaC1zZWNyZXQ=": true,
		"dTphLWxvbmctZW5vdWdoLXNlY3JldA": true, "Authorization: Bearer abcdefghijklm": false, "a-long-enough": false,
	} {
		if got := s.Holds(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	s.Add("another-long-secret")
	if !s.Holds("another-long-secret") {
		t.Error("one that came later is not found")
	}
}
