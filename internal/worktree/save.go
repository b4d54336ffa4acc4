package worktree

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/serieswriter"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/verdict"
)

type SaveOptions struct {
	Dir   string // the work tree; "": patch:new's own
	Force bool   // save resolutions even if they undo upstream's work
	Dry   bool   // show what would be written, and write nothing
}

// Save runs patch:save: what was committed in patch:new's work tree becomes changes. It compares with the series: a
// change that already does what its commits do is not rewritten. A change whose commits are gone stays in the series,
// and is reported.
func Save(ctx context.Context, s *session.Session, o SaveOptions) error {
	w, err := openWork(ctx, s, folder(s, o.Dir))
	if err != nil {
		return err
	}
	defer w.repo.Close()
	chosen, err := w.options()
	if err != nil {
		return err
	}
	return candidate.At(ctx, s, chosen, func(u candidate.Upstream) error {
		now, err := u.Judge(ctx, s)
		if err != nil {
			return err
		}
		to := &saving{s: s, e: serieswriter.New(s, o.Dry), o: now, w: w}
		if err := to.refuseTakenBack(ctx, o.Force); err != nil {
			return err
		}
		if err := to.refuseUnnamed(ctx); err != nil {
			return err
		}
		if err := to.takeAll(ctx); errors.Is(err, git.ErrLarge) {
			return fault.New(fault.Usage, "the commits in %s cannot be saved: %w", w.dir, err)
		} else if err != nil {
			return err
		}
		to.printAbsent()
		to.printUnresolved()
		if len(to.taken) == 0 {
			if to.older == 0 && len(w.change) == 0 {
				s.Term.Answerf("nothing to save: every commit is in the series already")
			} else {
				s.Term.Answerf("nothing to save: no commit was added or changed since %s was opened", w.dir)
			}
			return nil
		}
		after, err := to.try(ctx)
		if err != nil {
			return err
		}
		if err := to.e.Write(ctx, after); err != nil || o.Dry {
			return err
		}
		if !after.Result.OK() {
			return after.Refuse(ctx, s)
		}
		s.Term.Sayf("%s is saved, and can be removed: rm -r %s", w.dir, fault.Word(w.dir))
		return nil
	})
}

// saving takes the commits of a work tree into the series.
type saving struct {
	s     *session.Session
	e     *serieswriter.Writer
	o     *candidate.Candidate
	w     *work
	taken []string // the names of changes that are new or have changed
	older int      // number of unchanged commits whose changes have another version in the series since
}

func (s *saving) takeAll(ctx context.Context) error {
	previous := ""
	for i, c := range s.w.commits {
		if file, err := rewrite.MarkedFile(ctx, c.before, c.after); err != nil {
			return err
		} else if file != "" {
			return fault.New(fault.Usage, "conflict markers are left in %s of commit %s, %q", file, c.id.Short(), c.subject).
				WithHint("resolve it there: git -C %s grep -n '<<<<<<<' %s", fault.Word(s.w.dir), c.id.Short())
		}
		if c.before.Root() != c.after.Root() {
			last := i == len(s.w.commits)-1
			if err := s.take(ctx, c, previous, last); err != nil {
				return err
			}
		}
		previous = c.name
	}
	return nil
}

// take takes one commit: as a new change, as a conflict's resolution, or as the new content of a change.
func (s *saving) take(ctx context.Context, c commit, previous string, last bool) error {
	known, err := s.o.Outcome(c.name)
	if err != nil {
		return s.add(ctx, c, previous, last)
	}
	if s.w.opened[c.id] {
		return s.keep(ctx, c, known.Change)
	}
	folder, err := s.e.FolderOf(known.Change)
	if err != nil {
		return err
	}
	if known.Verdict == verdict.Conflict && known.Change.Kind != series.KindPatch {
		files, err := rewrite.Resolved(ctx, s.o.Series, s.o.Inputs, *known, c.after)
		if err != nil {
			return err
		}
		for name, data := range files {
			s.e.Set(folder, name, data)
		}
		if len(files) > 0 {
			s.took(c.name, "resolved", fmt.Sprintf("%s kept in %s", plural.Of(len(files), "resolution"),
				path.Join(folder.Name, "resolutions")))
			return nil
		}
	}
	now, err := rewrite.Between(ctx, apply.NewRun(s.o.Series, s.o.Inputs), known.Change, c.before, c.after)
	if err != nil || now == nil {
		return err
	}
	return s.change(folder, known.Change, now)
}

// keep keeps the series' version of a change whose commit is unchanged, and reports if the series has another version
// by now.
func (s *saving) keep(ctx context.Context, c commit, known *series.Change) error {
	same, err := apply.NewRun(s.o.Series, s.o.Inputs).Leads(ctx, known, c.before, c.after)
	if err == nil && !same {
		s.older++
		s.s.Term.Answerf("%-8s %s  the series changed it after the work tree was opened; the series' version is kept",
			"older", c.name)
	}
	return err
}

func (s *saving) took(name, how, what string) {
	s.taken = append(s.taken, name)
	s.s.Term.Answerf("%-8s %s  %s", how, name, what)
}

// add makes a new change from a commit: at the end, or after the change of the commit before it.
func (s *saving) add(ctx context.Context, c commit, previous string, last bool) error {
	folder := s.e.Home()
	d, err := s.e.Document(folder)
	if err != nil {
		return err
	}
	fresh := &series.Change{Name: c.name, Why: strings.TrimSpace(firstParagraph(c.body, c.subject)), Required: true}
	fresh, err = rewrite.AsPatch(ctx, fresh, s.e.FreeName(folder, c.name), c.before, c.after)
	if err != nil {
		return fmt.Errorf("making a change of commit %s, %q: %w", c.id.Short(), c.subject, err)
	}
	s.e.Set(folder, fresh.Patch.Name, fresh.Patch.Data)
	s.took(c.name, "new", plural.Of(len(fresh.Patch.Files), "file"))
	switch {
	case last:
		return d.Append(fresh)
	case !d.Has(previous):
		previous = ""
	}
	return d.Insert(previous, fresh)
}

// change writes the new content of a change.
func (s *saving) change(folder config.Path, c *series.Change, now *rewrite.Rewritten) error {
	if now.Kind == series.KindPatch && c.Kind == series.KindPatch {
		if err := serieswriter.Writable(c, folder); err != nil {
			return err
		}
		rel, err := filepath.Rel(folder.Name, c.Patch.Name)
		if err != nil {
			return err
		}
		s.e.Set(folder, rel, now.Patch)
		s.took(c.Name, "changed", rel)
		return nil
	}
	d, err := s.e.Document(folder)
	if err != nil {
		return err
	}
	switch now.Kind {
	case series.KindPatch:
		file := s.e.FreeName(folder, c.Name)
		s.e.Set(folder, file, now.Patch)
		s.e.RemoveFiles(folder, c)
		s.took(c.Name, "changed", fmt.Sprintf("was %s, is a patch now, %s: %s", article(c.Kind), file, now.Why))
		return d.SetPatch(c, file)
	case series.KindEdit:
		s.took(c.Name, "changed", plural.Of(len(now.Edits), "edit"))
		return d.SetEdits(c, now.Edits)
	}
	return s.changeOverlay(d, folder, c, now)
}

// changeOverlay writes an overlay's files; a remote overlay becomes a local one with a folder of its own.
func (s *saving) changeOverlay(d *series.Document, folder config.Path, c *series.Change, now *rewrite.Rewritten) error {
	dir, what := c.Overlay.Folder, plural.Of(len(now.Files), "file")+" of the overlay"
	if dir == "" {
		dir, what = c.Name, "has files of its own now, overlays/"+c.Name+": "+now.Why
		if err := d.SetOverlay(c, dir); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(now.Files)) {
		s.e.SetFile(folder, filepath.Join("overlays", dir, filepath.FromSlash(name)), now.Files[name])
	}
	s.took(c.Name, "changed", what)
	over := map[string]string{}
	maps.Copy(over, c.Overlay.Over)
	for name, file := range now.Files {
		if file == nil {
			delete(over, name)
		}
	}
	maps.Copy(over, now.Over)
	maps.DeleteFunc(over, func(_, sum string) bool { return sum == "" })
	if maps.Equal(over, c.Overlay.Over) {
		return nil
	}
	return d.SetOver(c, over)
}

// printAbsent prints the changes that have no commit any more. They stay: a commit is more easily lost than dropped on
// purpose.
func (s *saving) printAbsent() {
	for _, name := range s.w.gone() {
		if out, err := s.o.Outcome(name); err == nil && out.Verdict.Applies() {
			s.s.Term.Answerf("%-8s %s  its commit is gone from the work tree; the series keeps the change", "absent", name)
			s.s.Term.Sayf("to remove it: %s", s.s.Caller.Line(target.PatchDrop.Command(name, "-gone")))
		}
	}
}

// printUnresolved prints the change that the work tree was opened to resolve, if no commit does: a resolution that
// takes upstream's side wholly leaves git nothing to commit.
func (s *saving) printUnresolved() {
	name := s.w.change
	if out, err := s.o.Outcome(name); name == "" || err != nil || !out.Verdict.Fails() || s.w.has(name) {
		return
	}
	s.s.Term.Answerf("%-8s %s  no commit of the work tree is of this change, so nothing of it is left", "empty", name)
	s.s.Term.Sayf("if upstream's side is all you want, remove it: %s", s.s.Caller.Line(target.PatchRemove.Command(name)))
}

// has reports whether a change has a commit that does something.
func (w *work) has(name string) bool {
	return slices.ContainsFunc(w.commits, func(c commit) bool {
		return c.name == name && c.before.Root() != c.after.Root()
	})
}

// article returns a kind with its article.
func article(k series.Kind) string {
	if k == series.KindEdit || k == series.KindOverlay {
		return "an " + string(k)
	}
	return "a " + string(k)
}
