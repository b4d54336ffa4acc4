package diff_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// TestAgainstRealHistory holds Parse, Format, Diff, Apply, Merge and PatchID against git on real commits.
func TestAgainstRealHistory(t *testing.T) {
	repo := os.Getenv("HOWDAH_TEST_UPSTREAM")
	if repo == "" {
		t.Skip("HOWDAH_TEST_UPSTREAM names no repository with Mastodon's history")
	}
	git := func(stdin []byte, args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"--git-dir=" + repo}, args...)...)
		cmd.Stdin = bytes.NewReader(stdin)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %s: %v", strings.Join(args, " "), err)
		}
		return out
	}
	commits := strings.Fields(string(git(nil, "log", "--first-parent", "--no-merges", "--format=%H", "-n", "150", "main")))
	files, hunks := 0, 0
	for _, c := range commits {
		text := git(nil, "diff-tree", "-p", "--full-index", "--binary", "-M", c+"^", c)
		if len(text) == 0 {
			continue
		}
		parsed, err := diff.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", c, err)
			continue
		}
		binary := false // or a bare rename: not compared byte for byte
		for _, f := range parsed {
			files++
			if f.Binary != nil || f.Rename && len(f.Hunks) == 0 {
				binary = true // git patch-id joins a bare rename with the file behind it
			}
			if f.New || f.Deleted || f.Binary != nil || len(f.Hunks) == 0 {
				continue
			}
			old, fresh := git(nil, "cat-file", "blob", f.OldID), git(nil, "cat-file", "blob", f.NewID)
			got, places, err := f.Apply(old)
			if err != nil || !bytes.Equal(got, fresh) {
				t.Errorf("%s: %s: Apply: %v", c, f.Name(), err)
			}
			for _, p := range places {
				if p.Offset != 0 {
					t.Errorf("%s: %s: hunk %d moved by %d", c, f.Name(), p.Hunk, p.Offset)
				}
			}
			back, _, err := f.Reverse().Apply(fresh)
			if err != nil || !bytes.Equal(back, old) {
				t.Errorf("%s: %s: Reverse: %v", c, f.Name(), err)
			}
			mine := *f
			mine.Hunks = diff.Diff(old, fresh)
			hunks += len(mine.Hunks)
			if !bytes.Equal(diff.Format([]*diff.File{&mine}), diff.Format([]*diff.File{f})) {
				t.Errorf("%s: %s: Diff differs from git's\n%s\nwant\n%s", c, f.Name(), diff.Format([]*diff.File{&mine}), diff.Format([]*diff.File{f}))
			}
		}
		if !binary && !bytes.Equal(diff.Format(parsed), text) {
			t.Errorf("%s: Format(Parse(x)) is not x", c)
		}
		if !binary {
			id, _, _ := strings.Cut(string(git(text, "patch-id", "--stable")), " ")
			if got := diff.PatchID(parsed); got != id {
				t.Errorf("%s: PatchID %s, git's %s", c, got, id)
			}
		}
	}
	t.Logf("%d commits, %d files, %d hunks", len(commits), files, hunks)
	if files < 100 {
		t.Errorf("only %d files seen", files)
	}
}
