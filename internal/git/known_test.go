package git_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
)

// What stays true is asked of git once: a common ancestor in either order, and that nothing is missing. Commands
// that reach out use the configuration that was read when the repository was opened, until one of them fails.
func TestAskedOnce(t *testing.T) {
	repo, ids := gittest.Repo(t, archive)
	starts := gittest.Starts(t)
	if _, err := repo.Opened(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, of := range [][2]string{{"1", "2"}, {"2", "1"}} {
			if base, err := repo.MergeBase(t.Context(), ids[of[0]], ids[of[1]]); err != nil || base != ids["1"] {
				t.Errorf("the common ancestor of %v is %s, %v", of, base, err)
			}
		}
		if missing, err := repo.Missing(t.Context(), ids["2"]); err != nil || len(missing) > 0 {
			t.Errorf("missing: %v, %v", missing, err)
		}
		if refs, err := repo.LsRemote(t.Context(), repo.Dir()); err != nil || len(refs) == 0 {
			t.Errorf("the refs: %v, %v", refs, err)
		}
	}
	if _, err := repo.LsRemote(t.Context(), repo.Dir()+"/nowhere"); err == nil {
		t.Error("a repository that does not exist has refs")
	}
	if _, err := repo.LsRemote(t.Context(), repo.Dir()); err != nil {
		t.Error(err)
	}
	for words, want := range map[string]int{" merge-base ": 1, " rev-list ": 1, " config --list ": 2, " ls-remote ": 4} {
		if got := starts(words); got != want {
			t.Errorf("git%swas started %d times, expected %d", words, got, want)
		}
	}
}

// What a repository's own settings were when it was opened stays: the last value of each.
func TestOpened(t *testing.T) {
	of, _ := gittest.Repo(t, archive)
	set := func(args ...string) {
		t.Helper()
		if _, err := of.Run(t.Context(), append([]string{"config", "--local"}, args...)...); err != nil {
			t.Fatal(err)
		}
	}
	set("--add", "here.one", "1")
	set("--add", "here.one", "two\nlines")
	set("here.Empty", "")
	home := t.TempDir()
	t.Setenv("HOME", home)
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[theirs]\n\tone = 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	repo, err := git.Open(of.Dir())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		own, err := repo.Opened(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"here.one": "two\nlines", "here.empty": "", "core.bare": "true"} {
			if got, ok := own[name]; !ok || got != want {
				t.Errorf("%s is %q (%t), expected %q", name, got, ok, want)
			}
		}
		if _, ok := own["theirs.one"]; ok {
			t.Error("what is the user's is called the repository's own")
		}
		set("here.Empty", "later")
	}
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[broken\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	repo, err = git.Open(of.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if own, err := repo.Opened(t.Context()); err != nil || own["here.empty"] != "later" {
		t.Errorf("where the user's configuration is broken: %v, %v", own, err)
	}
}
