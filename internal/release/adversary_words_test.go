package release

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// judgeClaim looks at a claim that was written or removed: it never moves, stands for the record that its name says,
// and only publish:prune removes it.
func (w *world) judgeClaim(m rt.TagMove, prunes bool) {
	switch {
	case m.Repository != "owner/"+w.set.artifact():
		w.problem("a claim on an image", "%s:%s", m.Repository, m.Tag)
	case m.Old != "" && m.New != "", m.New == "" && !prunes:
		w.problem("a claim moved", "%s from %s to %s", m.Tag, m.Old, m.New)
	case m.New != "" && claimTag(claimed(m.Tag), m.New) != m.Tag:
		w.problem("a claim stands for another record", "%s: %s", m.Tag, m.New)
	}
}

// judgeClaims looks for the claim of the newest release wherever its record is: the run that wrote its tags wrote the
// claim before them.
func (w *world) judgeClaims() {
	tags := w.releases()
	if len(tags) == 0 || w.pruned {
		return
	}
	newest := tags[len(tags)-1]
	for i, s := range w.stores {
		all := s.Tags("owner/" + w.set.artifact())
		if d := all[newest]; d != "" && all[claimTag(newest, d)] != d {
			w.problem("a release has no claim", "registry %d: %s", i, newest)
		}
	}
}

// judgeWords looks at what commands print: no time that nobody set, and no name or list that is empty.
func (w *world) judgeWords(outcomes []outcome) {
	for _, o := range outcomes {
		text := fmt.Sprint(o.err, " ", fault.HintOf(o.err))
		if o.res != nil {
			text += " " + strings.Join(o.res.Warnings, " ")
			for _, r := range o.res.Registries {
				text += " " + r.Error
			}
		}
		for _, wrong := range []string{"00010101T", "0001-01-01", "lacks :", "lacks ;", `""`, "%!", "<nil> <nil>"} {
			if strings.Contains(text, wrong) && (o.err != nil || wrong != "<nil> <nil>") {
				w.problem("a message has a gap", "%s: %q in %s", o.command, wrong, text)
			}
		}
	}
}
