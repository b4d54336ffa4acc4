package rewrite

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/treediff"
	"github.com/howdah/howdah/internal/verdict"
)

// Refreshed is a change made anew for the tree that it was applied to. Of Patch, Edits and Files what changed is set.
type Refreshed struct {
	Outcome verdict.Outcome
	Patch   []byte        // the patch file
	Edits   []series.Edit // those that are left
	Files   []string      // of an overlay, that upstream has: to be removed from its folder
	Proof   Proof
}

// Proof is how far a change is still the same.
type Proof struct {
	Lines bool // it adds and removes the same lines; with Fewer, some of them
	Fewer bool // what upstream has was left out
	ID    bool // its patch-id is the same: a range-diff calls both equal
	Tree  bool // upon the old base it gives the same tree; false too where no old base is known
	Based bool // an old base is known
}

// Holds reports whether nothing was lost or added but for what upstream has.
func (p Proof) Holds() bool { return p.Lines && (p.Tree || !p.Based || p.Fewer) }

// Refresh makes the changes of a result anew that would be written differently today: hunks that moved or were merged,
// parts that upstream has. Others are not mentioned, so that their bytes stay.
func Refresh(ctx context.Context, s *series.Series, in apply.Inputs, result *verdict.Result) ([]Refreshed, error) {
	r := apply.NewRun(s, in)
	var out []Refreshed
	for _, o := range result.Outcomes {
		o = o.InSeason()
		if !o.Verdict.Applies() {
			continue
		}
		var one *Refreshed
		var err error
		switch o.Change.Kind {
		case series.KindPatch:
			one, err = refreshPatch(ctx, r, o)
		case series.KindEdit:
			one, err = refreshEdits(ctx, r, o)
		case series.KindOverlay:
			one = refreshOverlay(o)
		}
		if err != nil {
			return nil, fmt.Errorf("refreshing %q: %w", o.Change.Name, err)
		}
		if one != nil {
			out = append(out, *one)
		}
	}
	return out, nil
}

// refreshPatch writes the patch as it applies now, below its old head.
func refreshPatch(ctx context.Context, r *apply.Run, o verdict.Outcome) (*Refreshed, error) {
	files, err := treediff.Diff(ctx, o.Before, o.After)
	if err != nil {
		return nil, err
	}
	old := o.Change.Patch
	if o.Verdict == verdict.Clean && diff.PatchID(files) == diff.PatchID(old.Files) {
		return nil, nil
	}
	fresh := slices.Concat(old.Data[:headLength(old.Data)], diff.Format(files))
	if bytes.Equal(fresh, old.Data) {
		return nil, nil
	}
	proof := Proof{ID: diff.PatchID(files) == diff.PatchID(old.Files)}
	proof.Lines, proof.Fewer = sameLines(old.Files, files)
	if proof.Tree, proof.Based, err = r.Repeats(ctx, o); err != nil {
		return nil, err
	}
	return &Refreshed{Outcome: o, Patch: fresh, Proof: proof}, nil
}

// refreshEdits leaves out edits that change nothing any more.
func refreshEdits(ctx context.Context, r *apply.Run, o verdict.Outcome) (*Refreshed, error) {
	if o.Verdict != verdict.Partly {
		return nil, nil
	}
	var left []series.Edit
	for _, e := range o.Change.Edits {
		less := *o.Change
		less.Edits = append(slices.Clone(left), e)
		idle, err := r.HasIdle(ctx, &less, o.Before)
		if err != nil {
			return nil, err
		}
		if !idle {
			left = append(left, e)
		}
	}
	return &Refreshed{Outcome: o, Edits: left, Proof: Proof{Lines: true, Fewer: true}}, nil
}

// refreshOverlay leaves out files that upstream has.
func refreshOverlay(o verdict.Outcome) *Refreshed {
	if o.Verdict != verdict.Partly || o.Change.Overlay.Local == nil {
		return nil
	}
	one := &Refreshed{Outcome: o, Proof: Proof{Lines: true, Fewer: true}}
	for _, p := range o.At {
		one.Files = append(one.Files, p.File)
	}
	return one
}

// sameLines reports whether fresh adds and removes the same lines as old in all; fewer is set where it does only some
// of it and nothing else.
func sameLines(old, fresh []*diff.File) (same, fewer bool) {
	count := map[string]int{}
	for _, f := range old {
		each(f, func(line string) { count[line]++ })
	}
	for _, f := range fresh {
		each(f, func(line string) { count[line]-- })
	}
	same = true
	for _, n := range count {
		if n < 0 {
			same = false
		}
		if n > 0 {
			fewer = true
		}
	}
	return same, same && fewer
}

// each calls fn for all that a diff does to one file: its lines, and what is no line. Names do not count, since a file
// may have been followed.
func each(f *diff.File, fn func(string)) {
	if f.Binary != nil {
		fn("binary " + string(f.Binary.Forward.Data))
	}
	if f.OldMode != f.NewMode && !f.New && !f.Deleted {
		fn(fmt.Sprintf("mode %o", f.NewMode))
	}
	for _, h := range f.Hunks {
		for _, l := range h.Lines {
			if l.Op != ' ' {
				fn(string(l.Op) + string(bytes.TrimRight(l.Text, "\n")))
			}
		}
	}
}
