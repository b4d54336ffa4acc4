package apply

import (
	"github.com/howdah/howdah/internal/conflict"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

const alteredByBoth = " was changed in the same lines by upstream and by the change"

// conflict records both sides of a file that does not merge, and their base.
func (j *judgement) conflict(at string, sides [3]*tree.File, key series.ResolutionKey, conflicts []diff.Conflict) {
	region := conflict.Region{File: at, Key: key, Files: sides}
	if region.Binary() {
		j.worsen(verdict.Conflict, at+" is binary, and both upstream and the change changed it")
		j.at = append(j.at, verdict.Place{File: at})
		j.unmerged.Add(region, nil)
		return
	}
	message := alteredByBoth
	if key.Base == tree.NoBlob {
		message = " was added by both upstream and the change, with different content"
	}
	j.worsen(verdict.Conflict, at+message)
	for _, shown := range j.unmerged.Add(region, conflicts) {
		p := verdict.Place{File: at, Line: shown.Line}
		for _, side := range [][]string{shown.Upstream, shown.Base, shown.Yours} {
			if len(side) > 0 {
				p.Text = side[0]
				break
			}
		}
		j.at = append(j.at, p)
	}
}

// tried records which hunks of a file fit, if the whole does not.
func (j *judgement) tried(m misfit) {
	fit, not := m.trials.Fit, m.trials.Not
	for _, trial := range m.trials.List {
		if len(j.hunks) == maxHunks {
			break
		}
		if trial.Fits {
			fit--
		} else {
			not--
		}
		j.hunks = append(j.hunks, verdict.Hunk{File: m.at.File, Number: trial.Hunk + 1, Line: trial.Line, Fits: trial.Fits,
			Nominal: trial.Nominal})
	}
	if fit+not+m.trials.Untried > 0 {
		j.moreHunks = append(j.moreHunks, verdict.MoreHunks{File: m.at.File, Fit: fit, Not: not,
			Untried: m.trials.Untried})
	}
}
