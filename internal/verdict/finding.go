package verdict

import (
	"slices"

	"github.com/howdah/howdah/internal/series"
)

// Finding is what the rules on one change rest on. A report, which holds outcomes as text, applies the same rules as
// the check itself.
type Finding struct {
	Verdict  Kind
	Would    Kind // idle: what it would be today
	Remarks  []Remark
	Required bool
	Proof    bool // the change only records that upstream contains something, so landed is what it should be
}

// finding returns what the rules rest on.
func (o Outcome) finding() Finding {
	return Finding{Verdict: o.Verdict, Would: o.Would, Remarks: o.Remarks, Required: o.Change.Required,
		Proof: o.Change.Kind == series.KindLanded}
}

// Unreachable says that the change was not judged, because what it takes from a repository could not be read.
func (f Finding) Unreachable() bool { return slices.Contains(f.Remarks, Unreachable) }

// Fails says that the change does not apply, or could not be judged.
func (f Finding) Fails() bool { return f.Verdict.Fails() || f.Unreachable() }

// Stops says that nothing is released before somebody has looked at the change.
func (f Finding) Stops() bool { return f.Verdict == Refused || f.Required && f.Fails() }

// LeftOut says that a release goes on without the change: it was left out on request, or it is optional and fails.
func (f Finding) LeftOut() bool {
	return slices.Contains(f.Remarks, Without) || f.Fails() && !f.Stops()
}

// Strict says that the change fails a check with -strict though it does not fail one without.
func (f Finding) Strict() bool {
	return f.Required && (f.landed() || len(f.Remarks) > 0)
}

// Asks says that somebody has something to do about a change that does not fail: it has landed, or Warns. Of a change
// that was left out on request nobody asks anything.
func (f Finding) Asks() bool { return f.Warns() || f.landed() }

// Warns says that a change that asks for something may fail soon, or is no longer as it was accepted.
func (f Finding) Warns() bool {
	return f.Verdict == Partly || f.Would.Fails() ||
		slices.ContainsFunc(f.Remarks, func(r Remark) bool { return r != Without })
}

// landed says that upstream contains the change or a part of it. A proof has landed for good.
func (f Finding) landed() bool { return f.Verdict == Partly || f.Verdict == Landed && !f.Proof }
