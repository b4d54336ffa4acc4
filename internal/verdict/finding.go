package verdict

import (
	"slices"

	"github.com/howdah/howdah/internal/series"
)

// Finding is what the rules about one change need. Reports, which have outcomes as text, apply the same rules as the
// check.
type Finding struct {
	Verdict  Kind
	Would    Kind // idle: the verdict if it were active
	Remarks  []Remark
	Required bool
	Proof    bool // the change is of the kind landed, so the verdict landed is right
}

func (o Outcome) finding() Finding {
	return Finding{Verdict: o.Verdict, Would: o.Would, Remarks: o.Remarks, Required: o.Change.Required,
		Proof: o.Change.Kind == series.KindLanded}
}

// Unreachable reports whether the change was not judged, because the repository that it needs could not be read.
func (f Finding) Unreachable() bool { return slices.Contains(f.Remarks, Unreachable) }

// Fails reports whether the change does not apply, or could not be judged.
func (f Finding) Fails() bool { return f.Verdict.Fails() || f.Unreachable() }

// Stops reports whether the change prevents a release.
func (f Finding) Stops() bool { return f.Verdict == Refused || f.Required && f.Fails() }

// LeftOut reports whether a release goes on without the change: it was left out on request, or it is optional and
// fails.
func (f Finding) LeftOut() bool {
	return slices.Contains(f.Remarks, Without) || f.Fails() && !f.Stops()
}

// Strict reports whether the change fails a check only with -strict.
func (f Finding) Strict() bool {
	return f.Required && (f.landed() || len(f.Remarks) > 0)
}

// Asks reports whether a person has something to do about a change that does not fail: it has landed, or Warns. For a
// change that was left out on request it is false.
func (f Finding) Asks() bool { return f.Warns() || f.landed() }

// Warns reports whether a change may fail soon, or differs from what was accepted.
func (f Finding) Warns() bool {
	return f.Verdict == Partly || f.Would.Fails() ||
		slices.ContainsFunc(f.Remarks, func(r Remark) bool { return r != Without })
}

// landed reports whether upstream contains the change or a part of it. An entry of the kind landed does not count.
func (f Finding) landed() bool { return f.Verdict == Partly || f.Verdict == Landed && !f.Proof }
