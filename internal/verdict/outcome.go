package verdict

import (
	"fmt"

	"github.com/howdah/howdah/internal/conflict"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Outcome is what became of one change.
type Outcome struct {
	Change   *series.Change
	Verdict  Kind
	Would    Kind // idle: what it would be today
	Remarks  []Remark
	Files    []string          // that it changes, or would change, sorted
	Offset   int               // how far the farthest hunk moved, in lines
	Message  string            // one line, without the change's name
	Hint     fault.Hint        // the next step; may be zero
	At       []Place           // conflict, count, stale: where; partly: the hunks that change nothing
	Unmerged []conflict.Region // conflict: the sides
	Hunks    []Hunk            // conflict: those of the files of a patch that do not fit as they are, the first of many

	MoreHunks []MoreHunks // of a file: those that are not among Hunks

	Moves    []Move       // files that upstream renamed: followed (Moved), or for a person to follow (gone)
	Went     []Went       // gone: what upstream's history says about each file
	By       *Commit      // landed, conflict, gone: upstream's commit that did it, once history has told
	Blockers []string     // blocked: the changes that it needs
	Clash    string       // fails, but alone would apply: the earlier change that is in the way
	Alone    bool         // blocked: it would apply without any other change
	Reads    []string     // the paths whose state decided the verdict: those it names, and those it was led to
	Error    *fault.Error // refused; or why it is unreachable

	Searches int     // how often it was looked for where upstream moved a file, or would be, had it not failed already
	Baseless bool    // fails, and no base is known on which to merge it three-way
	Base     tree.ID // upstream's commit that history gave for its base

	Before, After *tree.Tree // around the change; equal where it is not in the tree

	WouldAfter *tree.Tree // idle: the tree with it
}

// Hunk is one of a patch's, tried where upstream's lines are.
type Hunk struct {
	File   string
	Number int // in its file, from 1
	Line   int // of upstream's file: where it stands, or where the lines are most like its own
	Fits   bool

	Nominal bool // it does not fit, and Line is only where the patch says
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
	File, To string // To is "" where it was deleted
	By       *Commit
	Was      tree.ID // the content that it had last under its old name
}

// Unsafe says what the change does only because a person let it for this run; "" where it says itself that it may.
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

// MovedTo is where upstream has a file that is gone; "" where it has it no more.
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
