package candidate

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
)

// maxShownOutdated is how many copies made for an older state are named.
const maxShownOutdated = 10

// ShowOutdated prints, and returns, which copies of whole files were made for an older state of upstream's: such a copy
// applies, and takes back what upstream changed since. Without the network, copies are not compared.
func (u Upstream) ShowOutdated(ctx context.Context, s *session.Session, o *Candidate,
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
		outdated, err := u.outdated(ctx, outcome)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			s.Term.Sayf("the files of %s were not compared with older ones of upstream's: %v", c.Name, err)
			continue
		}
		for _, one := range outdated {
			note := fmt.Sprintf("%s of %s is most like upstream's file of %s; upstream changed it %s since then, and the copy "+
				"takes that back", one.file, c.Name, one.state, plural.Of(one.since, "time"))
			if one.gone {
				note = fmt.Sprintf("%s of %s: upstream moved or removed that file with %s, so nothing may use the copy",
					one.file, c.Name, one.state)
			}
			if notes = append(notes, note); len(notes) <= maxShownOutdated {
				s.Term.Answerf("note: %s", note)
			}
			if !one.gone && !hinted {
				hinted = true
				s.Term.Answerf("    %s", s.Caller.Hint(fault.Hintf("a patch keeps upstream's lines: in a clone of upstream, "+
					"check out %.9s, copy your file there, and import what git diff prints in place of the overlay", one.state)))
			}
		}
	}
	if n := len(notes) - maxShownOutdated; n > 0 {
		s.Term.Answerf("note: and %s more", plural.Of(n, "file"))
	}
	return notes, nil
}
