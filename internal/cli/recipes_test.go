package cli_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/target"
)

// recipe is a page of docs/recipes.
type recipe struct {
	name     string
	triedOn  []string          // miniature, mastodon
	files    map[string]string // that the page says to make, by name
	commands string            // for a shell, in order
	results  []string          // what series.toml has afterwards
	others   []string          // commands that need what no test has, such as a merge
}

var (
	triedOn   = regexp.MustCompile(`(?m)^<!-- tried on: (.+) -->$`)
	block     = regexp.MustCompile("(?ms)^```(\\S+)(?: (\\S+))?\n(.*?)^```$")
	unblocked = regexp.MustCompile(`(?m)^    go tool mage (.+)$`)
)

func readRecipe(t *testing.T, file string) recipe {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := recipe{name: strings.TrimSuffix(filepath.Base(file), ".md"), files: map[string]string{}}
	if m := triedOn.FindSubmatch(data); m != nil {
		r.triedOn = strings.Split(string(m[1]), ", ")
	}
	for _, m := range block.FindAllStringSubmatch(string(data), -1) {
		switch {
		case m[1] == "sh":
			r.commands += m[3]
		case m[1] == "file":
			r.files[m[2]] = m[3]
		case m[1] == "toml" && strings.HasPrefix(m[3], "[[change]]"):
			r.results = append(r.results, m[3])
		}
	}
	for _, m := range unblocked.FindAllStringSubmatch(string(data), -1) {
		r.others = append(r.others, m[1])
	}
	return r
}

// try runs a page's commands in a distribution without changes, and then a check.
func (r recipe) try(t *testing.T, environ ...string) {
	t.Helper()
	mine := t.TempDir()
	config := "name = \"recipes\"\n"
	err := errors.Join(
		os.WriteFile(filepath.Join(mine, "howdah.toml"), []byte(config), 0o644),
		os.WriteFile(filepath.Join(mine, "VERSION"), []byte("4.6.0\n"), 0o644),
		os.Mkdir(filepath.Join(mine, "patches"), 0o755),
		os.WriteFile(filepath.Join(mine, "patches", "series.toml"), nil, 0o644))
	for name, content := range r.files {
		file := filepath.Join(mine, name)
		err = errors.Join(err, os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(content), 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
	run := func(script string) {
		t.Helper()
		c := exec.CommandContext(t.Context(), "sh", "-e", "-c", "go() { shift 2; "+program(t)+" \"$@\"; }\n"+script)
		c.Dir = mine
		c.Env = append(os.Environ(), append(environ, "HOWDAH_CONFIG=howdah.toml", "GITHUB_API_URL=http://127.0.0.1:1")...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s\n%s", err, script, out)
		}
	}
	run(strings.ReplaceAll(r.commands, "mastodon/mastodon#26656", "miniature/mastodon#7"))
	run("go tool mage patch:check -offline -strict")
	series, err := os.ReadFile(filepath.Join(mine, "patches", "series.toml"))
	for _, want := range r.results {
		if err != nil || !strings.Contains(string(series), want) {
			t.Errorf("series.toml is not as the page says: %v\n%s", err, series)
		}
	}
}

// TestRecipes runs the commands of docs/recipes, on the miniature and, where HOWDAH_TEST_UPSTREAM names a repository
// with Mastodon's history, on that. With -short it runs each third page.
func TestRecipes(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	pages, err := filepath.Glob("../../docs/recipes/*.md")
	if err != nil || len(pages) < 12 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	root := t.TempDir()
	up, err := cli.WriteUpstream(filepath.Join(root, "miniature", "mastodon.git"))
	if err != nil {
		t.Fatal(err)
	}
	real := os.Getenv("HOWDAH_TEST_UPSTREAM")
	for i, page := range pages {
		r := readRecipe(t, page)
		if r.name == "README" {
			continue
		}
		for _, line := range r.others {
			if _, err := target.Find(strings.Fields(line)[0]); err != nil {
				t.Errorf("%s: %q: %v", r.name, line, err)
			}
		}
		if r.commands == "" || len(r.triedOn) == 0 {
			t.Errorf("%s: no commands, or no word on what they are tried on", r.name)
		}
		if testing.Short() && i%3 != 0 {
			continue
		}
		for _, on := range r.triedOn {
			t.Run(fmt.Sprintf("%s/%s", r.name, on), func(t *testing.T) {
				url := up.Dir
				switch {
				case !slices.Contains([]string{"miniature", "mastodon"}, on):
					t.Fatalf("a page is tried on the miniature or on mastodon, not on %q", on)
				case on == "mastodon" && real == "":
					t.Skip("skipped: HOWDAH_TEST_UPSTREAM names no repository with Mastodon's history")
				case on == "mastodon":
					url = real
				}
				r.try(t, "HOWDAH_UPSTREAM_URL="+url, "HOWDAH_UPSTREAM_REF=main", "HOWDAH_CACHE="+filepath.Join(root, "cache"))
			})
		}
	}
}
