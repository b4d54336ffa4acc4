package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// TestLocate finds howdah.toml as a person in some folder expects.
func TestLocate(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"mine/howdah.toml", "mine/patches/overlays/logo/x", "inner/howdah.toml/x", "empty/x"} {
		write(t, filepath.Join(root, name), "")
	}
	for _, c := range []struct{ work, variable, want string }{
		{"mine", "", "howdah.toml"},
		{"mine/patches", "", "../howdah.toml"},
		{"mine/patches/overlays/logo", "", "../../../howdah.toml"},
		{"inner", "", "howdah.toml"}, // a folder of that name is none, and above there is none
		{"empty", "", "howdah.toml"},
		{"empty", "../mine", "../mine/howdah.toml"},
		{"empty", "../mine/", "../mine/howdah.toml"},
		{"empty", "../mine/howdah.toml", "../mine/howdah.toml"},
		{"mine/patches", "../../missing", "../../missing"},
		{"mine", filepath.Join(root, "mine"), filepath.Join(root, "mine", "howdah.toml")},
	} {
		var env []string
		if c.variable != "" {
			env = []string{"HOWDAH_CONFIG=" + c.variable}
		}
		if got, err := Locate(filepath.Join(root, c.work), env); err != nil || got != c.want {
			t.Errorf("in %s with %q: %q, %v; want %q", c.work, c.variable, got, err, c.want)
		}
	}
	if _, err := Locate(root, []string{"HOWDAH_CONFIG="}); err == nil {
		t.Error("an empty HOWDAH_CONFIG is accepted")
	}
}

// TestBeside warns in the tool's own distribution only, and of distributions only.
func TestBeside(t *testing.T) {
	root := filepath.Join(t.TempDir(), "[odd]")
	for _, name := range []string{"tool/howdah.toml", "tool/magefiles/magefile.go", "other/howdah.toml",
		"other/magefiles/magefile.go", "mine/howdah.toml", "plain/README.md"} {
		write(t, filepath.Join(root, name), "")
	}
	c := &Config{File: "howdah.toml", Root: filepath.Join(root, "tool")}
	if got := strings.Join(c.Beside(), " "); got != "../mine" {
		t.Errorf("beside the tool: %q", got)
	}
	c = &Config{File: "../tool/howdah.toml", Root: filepath.Join(root, "tool")}
	if got := strings.Join(c.Beside(), " "); got != "../mine" {
		t.Errorf("beside the tool, from elsewhere: %q", got)
	}
	c = &Config{File: "howdah.toml", Root: filepath.Join(root, "mine")}
	if got := c.Beside(); got != nil {
		t.Errorf("beside a distribution: %q", got)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestHintWhereThereIsNone proposes a distribution in the folder itself, and another folder within a checkout of the
// tool, which has one already.
func TestHintWhereThereIsNone(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"empty/x", "tool/magefiles/magefile.go", "tool/docs/x"} {
		write(t, filepath.Join(root, name), "")
	}
	for work, want := range map[string]string{
		"empty":     "init -name=example",
		"tool":      "init -dir=../mine -name=example",
		"tool/docs": "init -dir=../mine -name=example",
	} {
		_, err := Load(filepath.Join(root, work), "", nil)
		if hint := fault.HintOf(err).String(); !strings.HasSuffix(hint, want) {
			t.Errorf("in %s: hint %q, expected %q at its end", work, hint, want)
		}
	}
}
