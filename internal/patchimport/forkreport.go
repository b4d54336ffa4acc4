package patchimport

import (
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
	"github.com/howdah/howdah/internal/view"
)

// showFork prints the changes as a table.
func (m *Importer) showFork(changes []forkChange, judged map[string]*verdict.Outcome) {
	width := 0
	for _, c := range changes {
		width = max(width, len(c.change.Name))
	}
	for _, c := range changes {
		o := judged[c.change.Name]
		size := right(len(c.topic.Paths), "file") + "  " + right(c.topic.Lines, "line")
		m.s.Term.Answerf("%-8s  %-*s  %s  %s", o.Verdict, width, c.change.Name, size, c.from())
		if o.Verdict.Fails() && o.Message != "" {
			m.s.Term.Answerf("          %s", term.Clip(o.Message, 160))
		}
		if c.topic.Large != "" {
			m.s.Term.Answerf("          %s", c.topic.Large)
		}
	}
}

// right returns a count, aligned for a column.
func right(n int, noun string) string {
	return fmt.Sprintf("%6d %-*s", n, len(plural.Noun(2, noun)), plural.Noun(n, noun))
}

// from returns the commits that a change comes from.
func (c forkChange) from() string {
	const shown = 3
	var parts []string
	if c.topic.Pull != "" {
		parts = append(parts, c.topic.Pull)
	}
	for _, one := range []struct {
		verb string
		ids  []tree.ID
	}{{"", c.topic.Commits}, {"merged by ", c.topic.Merges}} {
		var ids []string
		for _, id := range one.ids[:min(shown, len(one.ids))] {
			ids = append(ids, id.Short())
		}
		if len(ids) == 0 {
			continue
		}
		text := one.verb + strings.Join(ids, " ")
		if more := len(one.ids) - shown; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// report returns dist/patch-import.json with the changes. Judged are their verdicts; nil if the import failed before it
// had any.
func (i *forkImport) report(out view.Import, judged map[string]*verdict.Outcome) view.Import {
	out.Tree, out.Expected, out.Differ = string(i.proof.Tree.Root()), string(i.made.expected.Root()), i.differ
	out.Equal, out.Undecided = len(i.differ) == 0, len(i.made.lost)
	for _, c := range i.made.changes {
		one := view.ImportedChange{
			Name: c.change.Name, Kind: string(c.change.Kind),
			Files: c.topic.Paths, Lines: c.topic.Lines, Large: c.topic.Large,
		}
		if o := judged[c.change.Name]; o != nil {
			one.Verdict = string(o.Verdict)
		}
		for _, id := range slices.Concat(c.topic.Commits, c.topic.Merges) {
			one.Commits = append(one.Commits, string(id))
		}
		out.Changes = append(out.Changes, one)
	}
	return out
}

// incomplete returns the error of an import that does not make the fork's tree, or whose changes do not apply; or nil.
func (i *forkImport) incomplete(judged map[string]*verdict.Outcome, file string, dry bool) error {
	if len(i.differ) > 0 {
		const shown = 10
		list := strings.Join(i.differ[:min(shown, len(i.differ))], ", ")
		if more := len(i.differ) - shown; more > 0 {
			list += fmt.Sprintf(" and %d more", more)
		}
		why := ""
		for _, name := range i.differ {
			if err := i.made.lost[name]; err != nil {
				why = ": " + err.Error()
				break
			}
		}
		return fault.New(fault.Series, "the imported changes give a tree that differs from the fork's in these paths: "+
			"%s%s", list, why).
			WithHint("leave them out with -without=, and write a change of your own for what they do")
	}
	var failing []string
	for _, c := range i.made.changes {
		if judged[c.change.Name].Verdict.Fails() {
			failing = append(failing, c.change.Name)
		}
	}
	if len(failing) > 0 {
		names := term.Clip(strings.Join(failing, ", "), 300)
		return fault.New(fault.Series, "%d of %d imported changes do not apply to upstream: %s",
			len(failing), len(i.made.changes), names).WithHint("%s", howToSee(file, dry))
	}
	return nil
}

// howToSee returns the hint for imported changes that fail; after a preview they are not on the disk.
func howToSee(file string, dry bool) fault.Hint {
	if dry {
		return fault.Hintf("nothing was written; without -dry they are written into %s, and %s says why they fail", file,
			target.PatchCheck.Command())
	}
	return fault.Hintf("they were written into %s; to see why they fail: %s", file, target.PatchCheck.Command())
}

// whose names the commit that a fork is compared with.
func (f *openedFork) whose() string {
	if f.own {
		return f.base.Short() + " of " + f.source.ref.since.branch
	}
	return "upstream " + f.base.Short()
}
