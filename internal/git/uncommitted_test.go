package git_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/git"
)

// TestUncommittedRunsNoFilter lists what is not committed in a work tree whose files are newer than its index, so that
// git compares their contents. The repository's filters, which would fail, do not run.
func TestUncommittedRunsNoFilter(t *testing.T) {
	m := marks{t, t.TempDir()}
	dir := filepath.Join(t.TempDir(), "clone")
	run := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=A",
			"GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	run("init", "--quiet")
	later := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, text := range map[string]string{"a.txt": "a\n", "b.txt": "b\n", ".gitattributes": "*.txt filter=my\n"} {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(file, []byte(text), 0o644), os.Chtimes(file, later, later)); err != nil {
			t.Fatal(err)
		}
	}
	run("add", "--all")
	run("commit", "--quiet", "--message=One")
	if err := os.WriteFile(filepath.Join(dir, "b.txt"), []byte("B\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	run("config", "filter.my.process", m.program("process"))
	run("config", "filter.my.clean", m.program("clean"))
	run("config", "filter.my.required", "true")
	names, err := git.Uncommitted(t.Context(), dir)
	if err != nil || !slices.Equal(names, []string{"b.txt"}) {
		t.Errorf("not committed: %q, %v", names, err)
	}
	if ran := m.ran(); len(ran) > 0 {
		t.Errorf("%q ran", ran)
	}
}
