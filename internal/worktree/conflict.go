package worktree

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/conflict"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// opened is a work tree made by patch:new: its git repository, and the folder as the person typed it.
type opened struct {
	repo *git.Repo
	s    *session.Session
	dir  string
}

// writeConflict writes the part of a failing change that applies, the files with conflicts with both sides and their
// base, and missed edits as comments. In the work tree's index conflicts are unmerged, as after a git merge.
func (w opened) writeConflict(ctx context.Context, o verdict.Outcome, begun apply.Unfinished) error {
	s := w.s
	root, err := os.OpenRoot(s.Path(w.dir))
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range slices.Sorted(maps.Keys(begun.Files)) {
		if err := putIn(root, name, begun.Files[name]); err != nil {
			return err
		}
	}
	if len(begun.Files) > 0 {
		s.Term.Sayf("the rest of %s applies: %s in the work tree, to commit with what you resolve", o.Change.Name,
			plural.Of(len(begun.Files), "file"))
	}
	seen := map[string]bool{}
	marked := false
	for _, u := range o.Unmerged {
		if seen[u.File] || u.Open {
			continue
		}
		seen[u.File] = true
		if err := w.repo.Unmerge(ctx, u.File, u.Sides()); err != nil {
			return err
		}
		s.Term.Answerf("  %s%s", u.File, lacks(u))
		marked = marked || u.Lines()
		if err := w.writeSides(root, u); err != nil {
			return err
		}
	}
	if !marked || len(o.Blockers) > 0 {
		s.Term.Answerf("  %s: %s", o.Verdict, o.Message)
	}
	if err := w.writeMissed(root, o.Change.Name, begun.Missed); err != nil {
		return err
	}
	dir := fault.Word(w.dir)
	s.Term.Sayf("resolve it there; then, with the subject that is filled in:\n"+
		"  git -C %s add -A && git -C %s commit\n  %s", dir, dir, s.Line(target.PatchSave, "-dir="+w.dir))
	return nil
}

// lacks describes which side of a conflict has no such file, and where it comes from.
func lacks(u conflict.Region) string {
	switch {
	case u.From != "":
		return "  upstream moved " + u.From + " here"
	case u.Lacks() == "upstream":
		return "  upstream has no such file"
	case u.Lacks() == "yours":
		return "  the change removes it"
	}
	return ""
}

// writeSides writes a file in conflict. A text has markers; of a binary it writes upstream's, or the change's if
// upstream has none.
func (w opened) writeSides(root *os.Root, u conflict.Region) error {
	sides := u.Sides()
	shown := sides[1]
	if shown == nil {
		shown = sides[2]
	}
	switch {
	case u.Lines():
		return putIn(root, u.File, &tree.File{Mode: shown.Mode, Data: u.Marked()})
	case sides[1] != nil && sides[2] != nil:
		w.s.Term.Sayf("%s has upstream's content there; this takes the change's: git -C %s checkout "+
			"--theirs %s", u.File, fault.Word(w.dir), fault.Word(u.File))
		return nil
	case sides[1] == nil && shown != nil:
		w.s.Term.Sayf("%s has the change's content there; this leaves it out: git -C %s rm %s", u.File, fault.Word(w.dir),
			fault.Word(u.File))
		return putIn(root, u.File, shown)
	}
	return nil
}

// writeMissed writes each missed edit as a comment into its file.
func (w opened) writeMissed(root *os.Root, change string, missed []apply.MissedEdit) error {
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
		w.s.Term.Answerf("  %s  %s to make, above the nearest line: look for <<<<<<<", name,
			plural.Of(len(byFile[name]), "edit"))
	}
	return nil
}

// setSubject sets the subject that git proposes for the next commit: the change's name.
func (w opened) setSubject(name string) error {
	return os.WriteFile(filepath.Join(w.s.Path(w.dir), ".git", "MERGE_MSG"), []byte(name+"\n"), 0o644)
}

// sayOthers prints the other changes that fail: they are not in the tree that was opened.
func (w opened) sayOthers(r *verdict.Result, stop *verdict.Outcome) {
	var names []string
	for i := range r.Outcomes {
		if o := &r.Outcomes[i]; o != stop && o.Verdict.Fails() {
			names = append(names, fmt.Sprintf("%s (%s)", o.Change.Name, o.Verdict))
		}
	}
	if len(names) > 0 {
		w.s.Term.Sayf("opened without %s: failing too; open each later with -change=", strings.Join(names, ", "))
	}
}
