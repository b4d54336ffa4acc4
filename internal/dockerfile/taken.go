package dockerfile

import (
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
)

// use is that one stage is built on another, or copies from it; both by their numbers.
type use struct{ by, of int }

// taking is what a stage takes of another.
type taking struct {
	all   bool // it is built on it
	files map[scriptfiles.Place]bool
}

// uses notes that a stage is made of another.
func (d *docker) uses(u use) *taking {
	if d.taken == nil {
		d.taken = map[use]*taking{}
	}
	if d.taken[u] == nil {
		d.taken[u] = &taking{files: map[scriptfiles.Place]bool{}}
	}
	return d.taken[u]
}

// reaches reports whether the last stage has a file from a stage: that may be copied from in part.
func (d *docker) reaches(stage int, p scriptfiles.Place) bool {
	if stage == len(d.done)-1 {
		return true
	}
	for u, t := range d.taken {
		if u.of == stage && (t.all || t.files[p]) && d.reaches(u.by, p) {
			return true
		}
	}
	return false
}

// kept are the effects of the last stage and those that it is made of.
func (d *docker) kept() []*scriptchanges.Effect {
	keep := d.counted()
	var out []*scriptchanges.Effect
	for n, span := range d.from {
		for _, e := range d.m.Log.Effects[span[0]:span[1]] {
			if len(e.Files) == 0 {
				continue
			}
			at := scriptchanges.Spot{Line: e.Line, Text: e.Text, In: e.In}
			lost := d.leave(e, n)
			if len(e.Files) > 0 {
				out = append(out, e)
			} else if len(lost) == 0 {
				d.m.Harmless(at)
			}
			switch {
			case len(lost) == 0:
			case !keep[n]:
				d.m.Undecided(at, "not expressible: it is in a stage that the last stage is not built from")
			default:
				more := ""
				if len(lost) > 1 {
					more = fmt.Sprintf(" and %s more", plural.Of(len(lost)-1, "file"))
				}
				d.m.Undecided(at, "not expressible: the last stage copies other files of this stage, and not %s%s", lost[0], more)
			}
		}
	}
	return out
}

// leave removes from an effect the files that the last stage does not have from its stage, and returns those of which
// the last stage has another state.
func (d *docker) leave(e *scriptchanges.Effect, stage int) (lost []string) {
	last := d.done[len(d.done)-1].world
	e.Files = slices.DeleteFunc(e.Files, func(w scriptchanges.Written) bool {
		p := scriptfiles.At(scriptfiles.InTree, w.Name)
		now, its := last.Over[p], d.done[stage].world.Over[p]
		switch {
		case d.reaches(stage, p):
			return now == nil // it was put back
		case now == nil || its == nil || now.Gone != its.Gone || now.Why != "" || !scriptchanges.Same(now, its):
			lost = append(lost, w.Name)
		}
		return true
	})
	return lost
}
