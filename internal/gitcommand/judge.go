package gitcommand

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/scriptfiles"
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
	if p.index && m.World.Loose {
		return "the tree comes from an image or an archive without git, so git refuses the patch"
	}
	if p.merges && !p.commits {
		if name := notThere(m, files); name != "" {
			return name + " is not here, so git refuses the patch"
		}
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

// alone is the import of a patch file, or of a folder of patches, by itself, where it lies beside the script.
func alone(m *shell.Machine, name string) importer.Next {
	p, known := m.Source(name)
	if known && p.Disk != scriptfiles.Beside {
		p, known = m.World.CopiedFrom(p)
	}
	if !known || p.Name == "" || !m.World.Exists(p) {
		return importer.Next{}
	}
	return importer.Next{Import: p.Name}
}

// notExact notes a patch that does not apply as it is. git leaves the files as they are and fails; what patch(1) does
// is not known, since it may take the patch with fuzz, or some of its hunks.
func notExact(m *shell.Machine, c *shell.Call, p patching, files []*diff.File, o verdict.Outcome) shell.Status {
	how := string(o.Verdict)
	if o.Verdict == verdict.Merged {
		how = "only as a three-way merge, " + o.Message
	} else {
		how += "): " + o.Message
	}
	if !p.merges { // then a base was not asked for
		how = strings.ReplaceAll(how, "; "+apply.NoBase, "")
	}
	if c.Name == "patch" {
		how += withFuzz(m, p, files)
	}
	m.Offer(c.Spot, alone(m, p.name), "patch?: %s does not apply here (%s", path.Base(p.name), how)
	git := c.Name != "patch"
	for _, f := range files {
		if !git || p.merges || p.commits { // else git leaves them as they are
			m.Doubt(c.Spot, scriptfiles.At(scriptfiles.InTree, f.Name()), "a patch on it does not apply")
		}
	}
	if git {
		return shell.Refused
	}
	return shell.Status{Why: "what patch does"}
}

// withFuzz says what patch(1) does with a patch that does not apply exactly; "" where an option changes that.
func withFuzz(m *shell.Machine, p patching, files []*diff.File) string {
	if p.loose {
		return ""
	}
	most := 0
	for _, f := range files {
		now := m.World.Read(scriptfiles.At(scriptfiles.InTree, f.OldName))
		if f.New || f.Binary != nil || now == nil || now.Why != "" {
			continue
		}
		fuzz, rejected := fuzzOf(f, now.Data)
		if rejected > 0 {
			return fmt.Sprintf("; patch(1) rejects hunk %d of %s", rejected, f.OldName)
		}
		most = max(most, fuzz)
	}
	if most == 0 {
		return ""
	}
	return fmt.Sprintf("; patch(1) takes it with fuzz %d", most)
}

// applied applies the files of a patch to a tree; merges, also three ways.
func applied(m *shell.Machine, to *tree.Tree, files []*diff.File, merges bool) (*verdict.Result, error) {
	change := (&importer.Import{}).AddDiff("patch", "", "", files)
	in := apply.Inputs{Base: to}
	if merges && m.Src.Blobs != nil && !m.World.Shallow && !m.World.Loose {
		in.Sources = history{m.Src.Blobs}
	}
	return apply.Apply(m.Ctx, &series.Series{Changes: []*series.Change{change}}, in)
}

// history is what the engine of the series may read of upstream's history for one patch: the blobs that it names.
type history struct{ shell.Blobs }

func (history) Commit(context.Context, string, tree.ID) (*tree.Tree, error) {
	return nil, fs.ErrNotExist
}

func (history) Pull(context.Context, *series.Change) (base, head *tree.Tree, err error) {
	return nil, nil, fs.ErrNotExist
}

// notThere is a file that a patch changes and that is not in the tree; "" where all are. git apply follows no file to
// where it was moved.
func notThere(m *shell.Machine, files []*diff.File) string {
	for _, f := range files {
		if f.OldName != "" && !f.New && !m.World.IsFile(scriptfiles.At(scriptfiles.InTree, f.OldName)) {
			return f.OldName
		}
	}
	return ""
}

// appliedAlready reports whether a patch can be taken back exactly.
func appliedAlready(m *shell.Machine, from *tree.Tree, files []*diff.File) bool {
	var back []*diff.File
	for _, f := range slices.Backward(files) {
		back = append(back, f.Reverse())
	}
	r, err := applied(m, from, back, false)
	if err != nil {
		m.World.Fail(err)
		return false
	}
	return r.Outcomes[0].Verdict == verdict.Clean || r.Outcomes[0].Verdict == verdict.Offset
}
