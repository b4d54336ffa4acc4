package author

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/serieswriter"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/verdict"
)

// Remove runs patch:remove: it removes a change and the files that only it names from the series, and prints what
// that undoes in the tree. It refuses while another change needs it.
func (a *Author) Remove(ctx context.Context, name string) error {
	if err := candidate.Exists(a.s, name); err != nil {
		return err
	}
	return candidate.At(ctx, a.s, a.o, func(u candidate.Upstream) error {
		before, err := u.Judge(ctx, a.s)
		if err != nil {
			return err
		}
		out, err := before.Outcome(name)
		if err != nil {
			return err
		}
		e := a.writer()
		if err := a.takeOut(e, out.Change); err != nil {
			return err
		}
		after, err := e.Try(ctx, u)
		if err != nil {
			return err
		}
		if broken := brokenBy(before.Result, after.Result); len(broken) > 0 {
			return a.needed(name, broken)
		}
		if err := u.AnswerDiff(ctx, a.s, out.After, out.Before); err != nil {
			return err
		}
		a.s.Term.Answerf("%s %s", name, a.did("removed", "would be removed"))
		return e.Write(ctx, after)
	})
}

// needed returns an error if other changes need the one to be removed.
func (a *Author) needed(name string, broken []verdict.Outcome) error {
	var names []string
	hint := fault.Hintf("first remove what needs it, or rewrite it without %s", name)
	for _, o := range broken {
		names = append(names, fmt.Sprintf("%s (%s)", o.Change.Name, o.Verdict))
		hint = fault.Lines(hint, fault.Hintf("%s", target.PatchRemove.Command(o.Change.Name)))
	}
	return fault.New(fault.Series, "without %q these changes do not apply, so nothing is written: %s", name,
		strings.Join(names, ", ")).WithHint("%s", hint)
}

// brokenBy returns the changes that would fail in the new series and did not fail before.
func brokenBy(before, after *verdict.Result) (broken []verdict.Outcome) {
	for _, o := range after.Outcomes {
		was := slices.IndexFunc(before.Outcomes, func(b verdict.Outcome) bool { return sameEntry(b.Change, o.Change) })
		if o.Verdict.Fails() && (was < 0 || !before.Outcomes[was].Verdict.Fails()) {
			broken = append(broken, o)
		}
	}
	return broken
}

// sameEntry reports whether two readings of a series have the same change. A name may be used twice, for different
// versions.
func sameEntry(a, b *series.Change) bool {
	return a.Name == b.Name && a.File == b.File && a.For.String() == b.For.String()
}

// takeOut removes a change's entry, and the files that only it names.
func (a *Author) takeOut(e *serieswriter.Writer, c *series.Change) error {
	folder, err := e.FolderOf(c)
	if err != nil {
		return err
	}
	d, err := e.Document(folder)
	if err != nil {
		return err
	}
	if err := d.Drop(c); err != nil {
		return err
	}
	e.RemoveFiles(folder, c)
	return nil
}
