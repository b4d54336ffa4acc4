package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/miniature"
	"github.com/howdah/howdah/internal/target"
)

// binary is cmd/howdah, built into a folder of the test's.
func binary(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "howdah")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", file, "./cmd/howdah")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building cmd/howdah: %v\n%s", err, out)
	}
	return file
}

// printed runs a program to its end, whatever its exit code, and returns all that it prints.
func printed(t *testing.T, dir string, environ []string, words ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), environ...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	_ = cmd.Run() // a failure prints the hint that is looked at
	return out.String()
}

// TestHintsHaveTheProgramsForm gives each program a mistake: what it proposes is typed as the program itself was.
func TestHintsHaveTheProgramsForm(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and starts programs")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	up, err := cli.WriteUpstream(filepath.Join(dir, "miniature", "mastodon.git"))
	if err != nil {
		t.Fatal(err)
	}
	if err := miniature.WriteDistribution(filepath.Join(dir, "mine"), up.Dir, up); err != nil {
		t.Fatal(err)
	}
	config, mage, own := filepath.Join(dir, "mine", "howdah.toml"), compiled(t), binary(t)
	for name, tc := range map[string]struct {
		dir   string
		words []string
		want  string
	}{
		"mage":           {root, []string{"go", "tool", "mage", "patch:save", "-dir=nowhere"}, "go tool mage patch:new"},
		"compiled mage":  {dir, []string{mage, "patch:save", "-dir=nowhere"}, mage + " patch:new"},
		"binary":         {dir, []string{own, "patch", "save", "--dir=nowhere"}, own + " patch new"},
		"binary as mage": {dir, []string{own, "patch:save", "-dir=nowhere"}, own + " patch new"},
	} {
		environ := []string{"HOWDAH_CONFIG=" + config, "HOWDAH_CACHE=" + filepath.Join(dir, "cache"), "CI=",
			"GITHUB_ACTIONS="}
		want := "hint: open one: HOWDAH_CONFIG=" + config + " " + tc.want + "\n"
		if out := printed(t, tc.dir, environ, tc.words...); !strings.Contains(out, want) {
			t.Errorf("%s: no %q in\n%s", name, want, out)
		}
	}
	if err := os.Rename(filepath.Join(dir, "mine", "howdah.toml"), filepath.Join(dir, "howdah.toml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "mine", "patches"), filepath.Join(dir, "patches")); err != nil {
		t.Fatal(err)
	}
	out := printed(t, dir, []string{"HOWDAH_CACHE=" + filepath.Join(dir, "cache"), "CI=", "GITHUB_ACTIONS="},
		own, "patch", "save", "--dir=nowhere")
	if want := "hint: open one: " + own + " patch new\n"; !strings.Contains(out, want) {
		t.Errorf("without HOWDAH_CONFIG: no %q in\n%s", want, out)
	}
}

// sourceOnly are the targets of a checkout, which the binary does not have.
var sourceOnly = []string{"test", "check", "bench", "dist"}

// TestHelpAgrees compares, for every target, mage's own -h, the binary's --help and docs/targets.md: each has every
// argument and option with the same words, and no other option. The binary has no targets of a checkout.
func TestHelpAgrees(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and starts programs")
	}
	docs, err := os.ReadFile("../../docs/targets.md")
	if err != nil {
		t.Fatal(err)
	}
	mage, own := compiled(t), binary(t)
	flag := regexp.MustCompile(`(?m)^\s+--?([a-z]+)[= \n]`)
	for _, one := range target.All() {
		row := ""
		for line := range strings.Lines(string(docs)) {
			if name, ok := strings.CutPrefix(line, "| `"+one.Name); ok && strings.ContainsAny(name[:1], "` ") {
				row = line
			}
		}
		words := append(strings.Fields(strings.Replace(one.Name, ":", " ", 1)), "--help")
		helps := map[string]string{"mage -h": printed(t, ".", nil, mage, "-h", one.Name), "docs/targets.md": row}
		if !slices.Contains(sourceOnly, one.Name) {
			helps["howdah --help"] = printed(t, ".", nil, append([]string{own}, words...)...)
		}
		for from, text := range helps {
			plain := strings.Join(strings.Fields(text), " ")
			if !strings.Contains(strings.ToLower(plain), strings.ToLower(one.Doc)) {
				t.Errorf("%s of %s does not say %q:\n%s", from, one.Name, one.Doc, text)
			}
			known := map[string]bool{"help": true, "h": true}
			for _, o := range one.Options {
				known[o.Name] = true
				if !strings.Contains(plain, "-"+o.Name) || !strings.Contains(plain, o.Doc) {
					t.Errorf("%s of %s does not have -%s: %s", from, one.Name, o.Name, o.Doc)
				}
			}
			for _, m := range flag.FindAllStringSubmatch(text, -1) {
				if !known[m[1]] {
					t.Errorf("%s of %s has -%s, which the target does not take", from, one.Name, m[1])
				}
			}
		}
	}
}
