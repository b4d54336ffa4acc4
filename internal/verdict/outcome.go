package verdict

import (
	"fmt"

	"github.com/howdah/howdah/internal/conflict"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Outcome is the result for one change.
type Outcome struct {
	Change   *series.Change
	Verdict  Kind
	Would    Kind // idle: the verdict if it were active
	Remarks  []Remark
	Files    []string          // that it changes, or would change, sorted
	Offset   int               // of the hunk that moved farthest, in lines
	Message  string            // one line, without the change's name
	Hint     fault.Hint        // the next step; may be zero
	At       []Place           // conflict, count, stale: where; partly: the hunks that change nothing
	Unmerged []conflict.Region // conflict: the sides
	Hunks    []Hunk            // conflict: of the files of a patch that do not fit as they are; the first of many

	MoreHunks []MoreHunks // by file: those that are not in Hunks

	Moves    []Move       // files that upstream renamed: followed (Moved), or for a person to follow (gone)
	Went     []Went       // gone: what upstream's history says about each file
	By       *Commit      // landed, conflict, gone: the upstream commit that caused it, once history has found it
	Blockers []string     // blocked: the changes that it needs
	Clash    string       // it fails, but would apply alone: the earlier change that is in the way
	Alone    bool         // blocked: it would apply without any other change
	Reads    []string     // the paths that decided the verdict: those it names, and those found through renames
	Error    *fault.Error // refused; or why it is unreachable

	Searches int     // how often a moved file was searched, or would have been, had the change not failed before
	Baseless bool    // it fails, and no base for a three-way merge is known
	Base     tree.ID // the upstream commit that history found as its base

	Before, After *tree.Tree // before and after the change; equal if it is not in the tree

	WouldAfter *tree.Tree // idle: the tree with it
}

// Hunk is one hunk of a patch, tried on upstream's file.
type Hunk struct {
	File   string
	Number int // in its file, from 1
	Line   int // of upstream's file: where it fits, or where the lines are most similar
	Fits   bool

	Nominal bool // it does not fit, and Line is only the one in the patch
}

// MoreHunks counts hunks of one file.
type MoreHunks struct {
	File              string
	Fit, Not, Untried int
}

// Move is a renamed file.
type Move struct {
	From, To string
}

// Went is what an upstream commit did with a file.
type Went struct {
	File, To string // To is "" if it was deleted
	By       *Commit
	Was      tree.ID // its last content under the old name
}

// Unsafe describes the guarded paths that the change touches only because a person allowed it for this run; "" if its
// own allow lists them.
func (o Outcome) Unsafe() string {
	for _, name := range o.Files {
		if refused := safety.CheckPath(name, o.Change.Allow); refused != nil {
			return fmt.Sprintf("change %q: %v", o.Change.Name, refused)
		}
	}
	return ""
}

// InSeason returns the outcome as it would be if the change were not idle.
func (o Outcome) InSeason() Outcome {
	if o.Verdict == Idle && o.WouldAfter != nil {
		o.Verdict, o.After = o.Would, o.WouldAfter
	}
	return o
}

// MovedTo returns the present path of a file that is gone; "" if upstream no longer has it.
func (o Outcome) MovedTo(name string) string {
	for _, w := range o.Went {
		if w.File == name && w.To != "" {
			return w.To
		}
	}
	for _, m := range o.Moves {
		if m.From == name {
			return m.To
		}
	}
	return ""
}
