package history

import (
	"slices"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/verdict"
)

// seriesPart is a subset of the series: some changes to be explained, and those before them on the same files.
type seriesPart struct {
	open   []*verdict.Outcome
	series *series.Series
	with   *seriesPart // the part that this one was merged into
}

// whole returns the part that this one was merged into.
func (p *seriesPart) whole() *seriesPart {
	for p.with != nil {
		if p.with.with != nil {
			p.with = p.with.with
		}
		p = p.with
	}
	return p
}

// parts splits a series into parts that have no change in common. It visits each outcome once.
func parts(whole *series.Series, open []*verdict.Outcome, result *verdict.Result) (out []*seriesPart) {
	wanted := map[*series.Change]bool{}
	for _, o := range open {
		wanted[o.Change] = true
	}
	at := map[string]*seriesPart{} // by file that its changes read
	in := map[*series.Change]*seriesPart{}
	for _, o := range slices.Backward(result.Outcomes) {
		reads := slices.Concat(o.Reads, o.Files)
		var p *seriesPart
		for _, name := range reads {
			switch other := at[name]; {
			case other == nil || other.whole() == p:
			case p == nil:
				p = other.whole()
			default:
				other.whole().with = p
			}
		}
		if p == nil && wanted[o.Change] {
			p = &seriesPart{series: &series.Series{Resolutions: whole.Resolutions}}
		}
		if p == nil {
			continue
		}
		in[o.Change] = p
		for _, name := range reads {
			at[name] = p
		}
	}
	for _, o := range result.Outcomes {
		if p := in[o.Change]; p != nil {
			p = p.whole()
			p.series.Changes = append(p.series.Changes, o.Change)
		}
	}
	for _, o := range open {
		p := in[o.Change].whole()
		if p.open = append(p.open, o); len(p.open) == 1 {
			out = append(out, p)
		}
	}
	return out
}
