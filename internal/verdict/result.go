package verdict

import (
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// Result is the result of applying a series.
type Result struct {
	Tree     *tree.Tree
	Outcomes []Outcome // one for each change, in order
}

// OK reports whether every required change is in the tree, has landed or is idle, and no change is refused.
func (r *Result) OK() bool {
	return !slices.ContainsFunc(r.Outcomes, func(o Outcome) bool {
		return o.finding().Stops()
	})
}

// Exit returns the exit code for the outcomes. With strict, the verdicts landed and partly and remarks on required
// changes count too. If a required change could not be read, its code comes before those of failing changes: these
// may need what is missing.
func (r *Result) Exit(strict bool) fault.Code {
	code, missing := fault.OK, fault.OK
	for _, o := range r.Outcomes {
		f := o.finding()
		switch {
		case o.Verdict == Refused:
			code = fault.Worst(code, o.Error.Code)
		case !o.Change.Required:
		case f.Unreachable():
			missing = fault.Worst(missing, o.Error.Code)
		case f.Fails(), strict && f.Strict():
			code = fault.Worst(code, fault.Series)
		}
	}
	if missing != fault.OK && (code == fault.Series || code == fault.OK) {
		return missing
	}
	return fault.Worst(code, missing)
}

// LeftOut returns the outcomes of changes that a release goes on without: those left out on request, and optional
// ones that fail.
func (r *Result) LeftOut() []Outcome {
	var out []Outcome
	for _, o := range r.Outcomes {
		if o.finding().LeftOut() {
			out = append(out, o)
		}
	}
	return out
}
