package author

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/target"
)

// writeConflict writes what of a failing change can be done, the files of its conflicts with both sides and their base,
// and the edits that could not be made as comments. In the work tree's index conflicts are unmerged, as git leaves a
// merge of its own.
func (a *Author) writeConflict(ctx context.Context, w *git.Repo, dir string, o apply.Outcome,
	begun apply.Unfinished) error {
	root, err := os.OpenRoot(a.s.Path(dir))
	if err != nil {
		return err
	}
	defer closeQuietly(root)
	for _, name := range slices.Sorted(maps.Keys(begun.Files)) {
		if err := putIn(root, name, begun.Files[name]); err != nil {
			return err
		}
	}
	if len(begun.Files) > 0 {
		a.s.Term.Sayf("the rest of %s is done: %s", o.Change.Name, count(len(begun.Files), "file"))
	}
	seen := map[string]bool{}
	for _, u := range o.Unmerged {
		if seen[u.File] {
			continue
		}
		seen[u.File] = true
		if err := w.Unmerge(ctx, u.File, u.Sides()); err != nil {
			return err
		}
		a.s.Term.Answerf("  %s", u.File)
		if u.Binary() {
			a.s.Term.Sayf("%s is upstream's there; this takes the change's: git -C %s checkout --theirs %s", u.File, dir, u.File)
			continue
		}
		if err := root.WriteFile(filepath.FromSlash(u.File), u.Marked(), 0o644); err != nil {
			return err
		}
	}
	if len(seen) == 0 {
		a.s.Term.Answerf("  %s: %s", o.Verdict, o.Message)
	}
	if err := a.writeMissed(root, o.Change.Name, begun.Missed); err != nil {
		return err
	}
	a.s.Term.Sayf("resolve it there, git add -A, git commit (the subject, %q, is filled in), then: %s", o.Change.Name,
		a.s.Line(target.PatchSave, "-dir="+dir))
	return nil
}

// writeMissed writes the edits that could not be made into their files.
func (a *Author) writeMissed(root *os.Root, change string, missed []apply.MissedEdit) error {
	byFile := map[string][]apply.MissedEdit{}
	for _, m := range missed {
		byFile[m.Edit.File] = append(byFile[m.Edit.File], m)
	}
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		native := filepath.FromSlash(name)
		data, err := root.ReadFile(native)
		if err != nil {
			return err
		}
		if err := root.WriteFile(native, rewrite.OpenEdits(name, data, change, byFile[name]), 0o644); err != nil {
			return err
		}
		a.s.Term.Answerf("  %s  %s to make, above the nearest line: look for <<<<<<<", name,
			count(len(byFile[name]), "edit"))
	}
	return nil
}

// setSubject lets git fill in the subject of the next commit, which is the change's name.
func (a *Author) setSubject(dir, name string) error {
	return os.WriteFile(filepath.Join(a.s.Path(dir), ".git", "MERGE_MSG"), []byte(name+"\n"), 0o644)
}

// sayOthers names the other changes that fail: they are not in the tree that was opened.
func (a *Author) sayOthers(r *apply.Result, stop *apply.Outcome) {
	var names []string
	for i := range r.Outcomes {
		if o := &r.Outcomes[i]; o != stop && o.Verdict.Fails() {
			names = append(names, fmt.Sprintf("%s (%s)", o.Change.Name, o.Verdict))
		}
	}
	if len(names) > 0 {
		a.s.Term.Sayf("opened without %s: failing too; open each later with -change=", strings.Join(names, ", "))
	}
}
