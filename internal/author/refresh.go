package author

import (
	"context"
	"path/filepath"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/serieswriter"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// Refresh runs patch:refresh: it rewrites each change that would be written differently today, and proves that it
// does the same. It also rewrites a series.lock that is empty, damaged, of another version or has merge conflict
// markers.
func (a *Author) Refresh(ctx context.Context, change string) error {
	o := a.o
	o.Relock = true
	if err := candidate.Exists(a.s, change); err != nil {
		return err
	}
	return candidate.At(ctx, a.s, o, func(u candidate.Upstream) error {
		before, err := u.Judge(ctx, a.s)
		if err != nil {
			return err
		}
		if len(before.Series.Changes) == 0 && a.unlocked() {
			a.s.Term.Answerf("nothing to refresh: the series has no changes yet")
			return nil
		}
		fresh, err := rewrite.Refresh(ctx, before.Series, before.Inputs, before.Result)
		if err != nil {
			return err
		}
		e := a.writer()
		done := 0
		for _, f := range fresh {
			if change != "" && f.Outcome.Change.Name != change {
				continue
			}
			if err := a.takeRefreshed(e, f); err != nil {
				return err
			}
			done++
		}
		after, err := e.Try(ctx, u)
		if err != nil {
			return err
		}
		if before.Result.OK() && (!after.Result.OK() || after.Result.Tree.Root() != before.Result.Tree.Root()) {
			return fault.New(fault.Gate, "refreshing would change the patched tree, so nothing is written: %s before, %s after",
				before.Result.Tree.Root(), after.Result.Tree.Root())
		}
		if done == 0 {
			a.s.Term.Answerf("nothing to refresh: every change applies to %s as it is written", u.Pin.Commit.Short())
		} else if before.Result.OK() {
			a.s.Term.Answerf("same patched tree: %s", before.Result.Tree.Root())
		}
		if err := e.Write(ctx, after); err != nil {
			return err
		}
		if !after.Result.OK() {
			return after.Refuse(ctx, a.s)
		}
		return nil
	})
}

// unlocked reports whether series.lock is missing, or intact and without a change.
func (a *Author) unlocked() bool {
	lock, err := candidate.Lock(a.s, a.o)
	return err == nil && (lock == nil || len(lock.Changes) == 0)
}

// takeRefreshed passes one refreshed change to the writer, and prints its proof. It refuses a change whose proof fails.
func (a *Author) takeRefreshed(e *serieswriter.Writer, f rewrite.Refreshed) error {
	c := f.Outcome.Change
	lines := term.YesNo(f.Proof.Lines)
	if f.Proof.Fewer {
		lines += ", fewer: upstream has the rest"
	}
	tree := term.YesNo(f.Proof.Tree)
	if !f.Proof.Based {
		tree = "no old base is known"
	}
	same := term.YesNo(f.Proof.ID)
	if !f.Proof.ID && f.Proof.Holds() {
		same = "no, the surrounding lines changed"
		if f.Proof.Fewer {
			same = "no, it has fewer lines now"
		}
	}
	a.s.Term.Answerf("%-8s %s", f.Outcome.Verdict, c.Name)
	a.s.Term.Answerf("  same added and removed lines: %s · range-diff equal: %s · same tree at the old base: %s", lines,
		same, tree)
	if !f.Proof.Holds() {
		return fault.New(fault.Gate, "the proof for %q does not hold, so nothing is written", c.Name).
			WithHint("see what differs: %s", target.PatchDiff.Command("-change="+c.Name))
	}
	folder, err := e.FolderOf(c)
	if err != nil {
		return err
	}
	switch {
	case f.Patch != nil:
		if err := serieswriter.Writable(c, folder); err != nil {
			return err
		}
		name, err := filepath.Rel(folder.Name, c.Patch.Name)
		if err != nil {
			return err
		}
		e.Set(folder, name, f.Patch)
	case f.Edits != nil:
		d, err := e.Document(folder)
		if err != nil {
			return err
		}
		return d.SetEdits(c, f.Edits)
	}
	for _, file := range f.Files {
		e.Set(folder, overlayFile(c.Overlay.Folder, file), nil)
	}
	return nil
}
