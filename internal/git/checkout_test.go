package git_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

// TestCheckout opens what people call a checkout, and says of what looks like one that it is none.
func TestCheckout(t *testing.T) {
	top := t.TempDir()
	run := func(dir string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", filepath.Join(top, dir),
			"-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "protocol.file.allow=always"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
		return string(out[:max(0, len(out)-1)])
	}
	run("", "init", "-q", "one")
	run("one", "commit", "-q", "--allow-empty", "-m", "first")
	run("one", "worktree", "add", "-q", "-b", "other", "../linked")
	run("linked", "commit", "-q", "--allow-empty", "-m", "second")
	run("one", "branch", "-q", "unused")
	run("", "clone", "-q", "--bare", "one", "bare.git")
	run("", "init", "-q", "around")
	run("around", "submodule", "--quiet", "add", filepath.Join(top, "one"), "sub")
	run("", "init", "-q", "empty")
	for _, dir := range []string{"none", "one/below"} {
		if err := os.Mkdir(filepath.Join(top, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("linked", filepath.Join(top, "link")); err != nil {
		t.Fatal(err)
	}
	first, second := tree.ID(run("one", "rev-parse", "HEAD")), tree.ID(run("linked", "rev-parse", "HEAD"))
	for dir, want := range map[string]struct {
		head tree.ID
		err  error
	}{
		"one": {first, nil}, "linked": {second, nil}, "link": {second, nil}, "around/sub": {first, nil},
		"one/below": {"", git.ErrNoRepository}, "none": {"", git.ErrNoRepository}, "bare.git": {"", git.ErrNoRepository},
		"one/.git": {"", git.ErrNoRepository}, "empty": {"", git.ErrNoRevision}, "around": {"", git.ErrNoRevision},
		"not there": {"", git.ErrNoRepository},
	} {
		for _, set := range []string{"", filepath.Join(top, "one", ".git"), filepath.Join(top, "nowhere")} {
			if set != "" {
				t.Setenv("GIT_DIR", set)
			}
			repo, head, err := git.Checkout(t.Context(), filepath.Join(top, filepath.FromSlash(dir)))
			if !errors.Is(err, want.err) || head != want.head {
				t.Errorf("%s, GIT_DIR=%q: %q, %v; want %q, %v", dir, set, head, err, want.head, want.err)
			}
			if err != nil {
				continue
			}
			if at, err := repo.At(t.Context(), head); err != nil || at.Root() != tree.Empty {
				t.Errorf("%s: its tree: %v", dir, err)
			}
			_ = repo.Close()
		}
		if err := os.Unsetenv("GIT_DIR"); err != nil {
			t.Fatal(err)
		}
	}
}
