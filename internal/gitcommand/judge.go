package gitcommand

import (
	"slices"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// refused is why git does not take a patch here, or takes it in a way that the import does not follow.
func (p patching) refused(m *shell.Machine, files []*diff.File) string {
	if option := notFollowed(p.options, p.data); option != "" {
		return "the import does not follow " + option
	}
	if p.index {
		if name := notInIndex(m, files); name != "" {
			return name + " is changed and not committed, so git refuses the patch"
		}
	}
	if p.commits {
		if name := notCommitted(m); name != "" {
			return name + " is in the index and not committed, so git am refuses the patch"
		}
	}
	return ""
}

// applied applies the files of a patch to a tree.
func applied(m *shell.Machine, to *tree.Tree, files []*diff.File) (*verdict.Result, error) {
	change := (&importer.Import{}).AddDiff("patch", "", "", files)
	return apply.Apply(m.Ctx, &series.Series{Changes: []*series.Change{change}}, apply.Inputs{Base: to})
}

// appliedAlready says that a patch can be taken back exactly.
func appliedAlready(m *shell.Machine, from *tree.Tree, files []*diff.File) bool {
	var back []*diff.File
	for _, f := range slices.Backward(files) {
		back = append(back, f.Reverse())
	}
	r, err := applied(m, from, back)
	if err != nil {
		m.World.Fail(err)
		return false
	}
	return r.Outcomes[0].Verdict == verdict.Clean || r.Outcomes[0].Verdict == verdict.Offset
}
