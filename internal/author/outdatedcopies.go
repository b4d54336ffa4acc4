package author

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/series"
)

// maxShownOutdated is how many copies made for an older state are named.
const maxShownOutdated = 10

// showOutdated prints, and returns, which copies of whole files were made for an older state of upstream's: such a copy
// applies, and takes back what upstream changed since. Without the network, copies are not compared.
func (a *Author) showOutdated(ctx context.Context, u candidate.Upstream, o *candidate.Candidate,
	changes []*series.Change) (notes []string, err error) {
	hinted := false
	for _, c := range changes {
		outcome, err := o.Outcome(c.Name)
		if err != nil {
			return nil, err
		}
		if c.Kind != series.KindOverlay || c.Overlay.Folder == "" || !outcome.Verdict.Applies() {
			continue
		}
		outdated, err := u.Outdated(ctx, outcome)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			a.s.Term.Sayf("the files of %s were not compared with older ones of upstream's: %v", c.Name, err)
			continue
		}
		for _, one := range outdated {
			note := fmt.Sprintf("%s of %s is most like upstream's file of %s; upstream changed it %s since then, and the copy "+
				"takes that back", one.File, c.Name, one.State, plural.Of(one.Since, "time"))
			if one.Gone {
				note = fmt.Sprintf("%s of %s: upstream moved or removed that file with %s, so nothing may use the copy",
					one.File, c.Name, one.State)
			}
			if notes = append(notes, note); len(notes) <= maxShownOutdated {
				a.s.Term.Answerf("note: %s", note)
			}
			if !one.Gone && !hinted {
				hinted = true
				a.s.Term.Answerf("    %s", a.s.Caller.Hint(fault.Hintf("a patch keeps upstream's lines: in a clone of upstream, "+
					"check out %.9s, copy your file there, and import what git diff prints in place of the overlay", one.State)))
			}
		}
	}
	if n := len(notes) - maxShownOutdated; n > 0 {
		a.s.Term.Answerf("note: and %s more", plural.Of(n, "file"))
	}
	return notes, nil
}
