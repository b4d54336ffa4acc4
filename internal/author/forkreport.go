package author

import (
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/view"
)

// tellFork prints the changes as a table.
func (a *Author) tellFork(i *forkImport) {
	name := 0
	for _, c := range i.changes {
		name = max(name, len(c.Name))
	}
	for _, c := range i.changes {
		size := right(len(c.Paths), "file") + "  " + right(c.Lines, "line")
		a.s.Term.Answerf("%-8s  %-*s  %s  %s", c.verdict, name, c.Name, size, c.from())
		if c.verdict.Fails() && c.message != "" {
			a.s.Term.Answerf("          %s", term.Clip(c.message, 160))
		}
		if c.Large != "" {
			a.s.Term.Answerf("          %s", c.Large)
		}
	}
}

// right returns a count, aligned for a column.
func right(n int, noun string) string {
	return fmt.Sprintf("%6d %-*s", n, len(plural.Noun(2, noun)), plural.Noun(n, noun))
}

// from returns the commits that a change comes from.
func (c *forkChange) from() string {
	const shown = 3
	var parts []string
	if c.Pull != "" {
		parts = append(parts, c.Pull)
	}
	for _, one := range []struct {
		verb string
		ids  []tree.ID
	}{{"", c.Commits}, {"merged by ", c.Merges}} {
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

// tell fills in dist/patch-import.json.
func (i *forkImport) tell(out *view.Import) {
	out.Tree, out.Expected, out.Differ = string(i.proof.Tree.Root()), string(i.expected.Root()), i.differ
	out.Equal, out.Undecided = len(i.differ) == 0, len(i.lost)
	for _, c := range i.changes {
		one := view.ImportedChange{Name: c.Name, Kind: string(c.change.Kind), Files: c.Paths, Lines: c.Lines}
		one.Verdict, one.Large = string(c.verdict), c.Large
		for _, id := range slices.Concat(c.Commits, c.Merges) {
			one.Commits = append(one.Commits, string(id))
		}
		out.Changes = append(out.Changes, one)
	}
}

// verdict returns the error of an incomplete import, or nil.
func (i *forkImport) verdict(file string, dry bool) error {
	if len(i.differ) > 0 {
		const shown = 10
		list := strings.Join(i.differ[:min(shown, len(i.differ))], ", ")
		if more := len(i.differ) - shown; more > 0 {
			list += fmt.Sprintf(" and %d more", more)
		}
		why := ""
		for _, name := range i.differ {
			if err := i.lost[name]; err != nil {
				why = ": " + err.Error()
				break
			}
		}
		return fault.New(fault.Series, "the imported changes give a tree that differs from the fork's in these paths: "+
			"%s%s", list, why).
			WithHint("leave them out with -without=, and write a change of your own for what they do")
	}
	var failing []string
	for _, c := range i.changes {
		if c.verdict.Fails() {
			failing = append(failing, c.Name)
		}
	}
	if len(failing) > 0 {
		names := term.Clip(strings.Join(failing, ", "), 300)
		return fault.New(fault.Series, "%d of %d imported changes do not apply to upstream: %s",
			len(failing), len(i.changes), names).WithHint("%s", howToSee(file, dry))
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
