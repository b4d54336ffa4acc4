package internal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOldGo: what a go command that is too old prints, as docs/environments.md quotes it. The go command of today says
// the same of a go.mod that asks for a later version, or that has a directive of one; `invalid go version` is in the
// source of Go up to 1.20 only, and go tool says of a tool that it cannot find there what it says today.
func TestOldGo(t *testing.T) {
	page, err := os.ReadFile("../docs/environments.md")
	if err != nil {
		t.Fatal(err)
	}
	const tooNew = "go: go.mod requires go >= … (running go …; GOTOOLCHAIN=local)"
	for _, c := range []struct {
		module string
		args   []string
		quoted string // in the page, between "…"
	}{
		{"module m\n\ngo 1.99\n", []string{"build", "./..."}, tooNew},
		{"module m\n\ngo 1.99\n", []string{"tool", "mage"}, tooNew},
		{"module m\n\ngo 1.26\n\ntols m\n", []string{"build", "./..."}, "go: errors parsing go.mod: … unknown directive: …"},
		{"module m\n\ngo 1.26\n", []string{"tool", "mage"}, `go: no such tool "mage"`},
	} {
		if !strings.Contains(string(page), "`"+c.quoted+"`") {
			t.Errorf("docs/environments.md does not quote %s", c.quoted)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(c.module), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "go", c.args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOTOOLCHAIN=local", "GOFLAGS=")
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Errorf("go %s: no error", strings.Join(c.args, " "))
		}
		rest := strings.Join(strings.Fields(string(out)), " ")
		for part := range strings.SplitSeq(c.quoted, "…") {
			_, after, ok := strings.Cut(rest, strings.TrimSpace(part))
			if !ok {
				t.Errorf("go %s says %q, not %q", strings.Join(c.args, " "), out, c.quoted)
				break
			}
			rest = after
		}
	}
}
