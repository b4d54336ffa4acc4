package distribution

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/transaction"
)

const commit = "0123456789abcdef0123456789abcdef01234567"

func request(dir string) Request {
	return Request{
		Dir: dir, Name: "example", Accepted: "4.6.0-alpha.7",
		Tool: Tool{Repository: "https://github.com/howdah/howdah", Commit: commit, Version: "v1.4.0"},
	}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	names, err := Write(request(dir), transaction.Writer{Places: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		text[name] = string(data)
		for _, left := range []string{"OWNER", "[[.", "<no value>"} {
			if strings.Contains(text[name], left) {
				t.Errorf("%s: %q is left in it", name, left)
			}
		}
	}
	for name, want := range map[string]string{
		"howdah.toml":                  "name = \"example\"\n",
		"VERSION":                      "4.6.0-alpha.7\n",
		".github/workflows/howdah.yml": "howdah/howdah/.github/workflows/distribution.yml@" + commit + " # v1.4.0\n",
		"patches/.gitattributes":       "\n* -text\n",
		"patches/series.toml":          "/blob/" + commit + "/docs/series.md\n",
		"README.md": "howdah release\n\nOr from a checkout of the tool beside this folder:\n\n" +
			"    export HOWDAH_CONFIG=../mine/howdah.toml\n",
	} {
		if !strings.Contains(text[name], want) {
			t.Errorf("%s lacks %q:\n%s", name, want, text[name])
		}
	}
	if n := strings.Count(text["howdah.toml"], "[[image]]"); n != 2 {
		t.Errorf("howdah.toml has %d images, want 2", n)
	}
	workflow := text[".github/workflows/howdah.yml"]
	if calls, versions := strings.Count(workflow, "distribution.yml@"+commit),
		strings.Count(workflow, "version: "+commit); calls != 3 || versions != 3 {
		t.Errorf("the workflow has %d calls and %d versions, want 3 of each", calls, versions)
	}
}

func TestWriteOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "VERSION")
	if err := os.WriteFile(mine, []byte("4.5.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Write(request(dir), transaction.Writer{Places: []string{dir}})
	if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), "VERSION is there already") {
		t.Fatalf("got %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files are there (%v), want 1", len(entries), err)
	}
	if data, _ := os.ReadFile(mine); string(data) != "4.5.0\n" {
		t.Errorf("VERSION was changed to %q", data)
	}
}

func TestWriteRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*Request){
		"no folder":              func(r *Request) { r.Dir = "" },
		"no name":                func(r *Request) { r.Name = "" },
		"capitals":               func(r *Request) { r.Name = "Example" },
		"a path":                 func(r *Request) { r.Name = "../x" },
		"quotes":                 func(r *Request) { r.Name = "a\"\nb" },
		"a plus":                 func(r *Request) { r.Name = "a+b" },
		"too long":               func(r *Request) { r.Name = strings.Repeat("a", 41) },
		"no commit":              func(r *Request) { r.Tool.Commit = "" },
		"a branch":               func(r *Request) { r.Tool.Commit = "main" },
		"another host":           func(r *Request) { r.Tool.Repository = "https://example.org/a/b" },
		"an odd owner":           func(r *Request) { r.Tool.Repository = "https://github.com/a b/c" },
		"a version of two lines": func(r *Request) { r.Accepted = "4.6.0\n4.7.0" },
	} {
		r := request(filepath.Join(t.TempDir(), "mine"))
		spoil(&r)
		if _, err := Write(r, transaction.Writer{Places: []string{r.Dir}}); fault.CodeOf(err) != fault.Usage {
			t.Errorf("%s: got %v", name, err)
		}
		if _, err := os.Lstat(filepath.Join(r.Dir, "howdah.toml")); r.Dir != "" && err == nil {
			t.Errorf("%s: something was written", name)
		}
	}
}

// TestActionsArePinned reads the workflows of this repository and of the template: whatever runs somebody else's code
// names a full commit, and no input reaches a shell but through the environment.
func TestActionsArePinned(t *testing.T) {
	paths, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(paths) < 4 {
		t.Fatalf("found %d workflows (%v)", len(paths), err)
	}
	actions, err := filepath.Glob("../../.github/actions/*/action.yml")
	if err != nil || len(actions) == 0 {
		t.Fatalf("found %d actions (%v)", len(actions), err)
	}
	for _, path := range append(append(paths, actions...), "template/workflows/howdah.yml") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		inRun := false
		for n, line := range strings.Split(string(data), "\n") {
			trimmed := strings.TrimSpace(line)
			if uses, ok := strings.CutPrefix(strings.TrimPrefix(trimmed, "- "), "uses: "); ok {
				_, at, _ := strings.Cut(uses, "@")
				pin, comment, _ := strings.Cut(at, " ")
				local := strings.HasPrefix(uses, "./") || pin == "[[.Tool.Commit]]"
				if !local && (!commitForm.MatchString(pin) || !strings.HasPrefix(comment, "# v")) {
					t.Errorf("%s:%d: not pinned: %s", path, n+1, uses)
				}
			}
			key := slices.ContainsFunc([]string{"- ", "uses:", "with:", "env:", "if:", "name:", "id:"},
				func(s string) bool { return strings.HasPrefix(trimmed, s) })
			inRun = strings.HasPrefix(trimmed, "run:") || inRun && !key
			if inRun && strings.Contains(line, "${{") {
				t.Errorf("%s:%d: an expression inside a script: %s", path, n+1, trimmed)
			}
		}
	}
}
