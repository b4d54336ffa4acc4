package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

func TestMistake(t *testing.T) {
	for _, good := range []string{
		"", "-l", "-h", "-version", "-clean", "-compile out", "-h release", "-h Patch:Check",
		"-v -t 5m patch:check -ref=main", "-l patch:chek",
		"-d elsewhere other:target", "-w elsewhere other:target", "-f release -dry",
	} {
		if err := mistake(strings.Fields(good)); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for line, want := range map[string][2]string{
		"patch:chek":            {`unknown target "patch:chek"`, `did you mean "patch:check"?`},
		"-v relase":             {`unknown target "relase"`, `did you mean "release"?`},
		"-h patch:chek":         {`unknown target "patch:chek"`, `did you mean "patch:check"?`},
		"-ref=main patch:check": {`unknown option "-ref=main" before the first target`, "write options after the target"},
		"-versoin":              {`unknown option "-versoin" before the first target`, "go tool mage -l lists the targets"},
		"-t soon release":       {"reading mage's own options", "go tool mage -h"},
	} {
		err := mistake(strings.Fields(line))
		hint := fault.HintOf(err).String()
		if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), want[0]) || !strings.Contains(hint, want[1]) {
			t.Errorf("%q: %v, hint %q, want %q", line, err, hint, want)
		}
	}
}

// TestLocated finds the magefiles above a folder, and leaves a command line alone that says where they are.
func TestLocated(t *testing.T) {
	root := t.TempDir()
	mine := filepath.Join(root, "dist", "demo")
	for _, dir := range []string{mine, filepath.Join(root, "magefiles")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "magefiles", "magefile.go"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dir, typed, want string }{
		{root, "patch:check", "patch:check"},
		{mine, "patch:check -offline", "-d " + root + " -w " + mine + " patch:check -offline"},
		{mine, "-l", "-d " + root + " -w " + mine + " -l"},
		{mine, "-d elsewhere patch:check", "-d elsewhere patch:check"},
		{filepath.Dir(root), "patch:check", "patch:check"},
	} {
		if got := strings.Join(located(strings.Fields(c.typed), c.dir), " "); got != c.want {
			t.Errorf("in %s, %q became %q, want %q", c.dir, c.typed, got, c.want)
		}
	}
}

// TestExplained answers -h TARGET and TARGET --help itself, and leaves mage what is mage's.
func TestExplained(t *testing.T) {
	for line, want := range map[string]string{
		"-h release": "release", "-h Patch:Check": "patch:check", "patch:check --help": "patch:check",
		"release -h": "release", "-h": "", "-l": "", "release": "", "-d elsewhere -h release": "", "-h patch:chek": "",
	} {
		one, ok := explained(helped(strings.Fields(line)))
		if ok != (want != "") || one.Name != want {
			t.Errorf("%q: %q, %t; want %q", line, one.Name, ok, want)
		}
	}
}
