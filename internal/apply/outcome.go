package apply

import (
	"fmt"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Verdict says what becomes of one change at one commit.
type Verdict string

// The verdicts, as docs/verdicts.md describes them.
const (
	Clean    Verdict = "clean"
	Offset   Verdict = "offset"
	Merged   Verdict = "merged"
	Landed   Verdict = "landed"
	Partly   Verdict = "partly"
	Idle     Verdict = "idle"
	Conflict Verdict = "conflict"
	Gone     Verdict = "gone"
	Count    Verdict = "count"
	Stale    Verdict = "stale"
	blocked  Verdict = "blocked"
	Refused  Verdict = "refused"
)

// Applies says that a change with this verdict is in the tree, wholly or in part.
func (v Verdict) Applies() bool { return v == Clean || v == Offset || v == Merged || v == Partly }

// Fails says that the change does not apply and somebody has to look.
func (v Verdict) Fails() bool {
	return v == Conflict || v == Gone || v == Count || v == Stale || v == blocked || v == Refused
}

// Remark stands beside a verdict.
type Remark string

// The remarks.
const (
	Drifted  Remark = "drifted"  // the pull request moved, was merged or was closed since it was pinned
	moved    Remark = "moved"    // a file that upstream renamed was followed
	unlocked Remark = "unlocked" // edited since series.lock was written
	Without  Remark = "without"  // left out on request

	Unreachable Remark = "unreachable" // what it takes from a repository could not be read
)

// Outcome is what became of one change.
type Outcome struct {
	Change   *series.Change
	Verdict  Verdict
	Would    Verdict // idle: what it would be today
	Remarks  []Remark
	Files    []string   // that it changes, or would change, sorted
	Offset   int        // how far the farthest hunk moved, in lines
	Message  string     // one line, without the change's name
	Hint     fault.Hint // the next step; may be zero
	At       []Place    // conflict, count, stale: where; partly: the hunks that change nothing
	Unmerged []Unmerged // conflict: the sides
	Hunks    []Hunk     // conflict: those of the files of a patch that do not fit as they are, the first of many

	MoreHunks []MoreHunks // of a file: those that are not among Hunks

	Moves    []Move       // files that upstream renamed: followed (Moved), or for a person to follow (gone)
	Went     []Went       // gone: what upstream's history says about each file
	By       *Commit      // landed, conflict, gone: upstream's commit that did it, once history has told
	Blockers []string     // blocked: the changes that it needs
	Clash    string       // fails, but alone would apply: the earlier change that is in the way
	Alone    bool         // blocked: it would apply without any other change
	Reads    []string     // the paths whose state decided the verdict: those it names, and those it was led to
	Error    *fault.Error // refused; or why it is unreachable

	Baseless bool    // fails, and no base is known on which to merge it three-way
	Base     tree.ID // upstream's commit that history gave for its base

	Before, After *tree.Tree // around the change; equal where it is not in the tree

	would *tree.Tree // idle: the tree with it
}

// Place is a line of a file; Line 0 is the file as a whole.
type Place struct {
	File string
	Line int
	Text string
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

// Unmerged is one region in which upstream and a change differ from their base in different ways.
type Unmerged struct {
	File                  string
	Line                  int // of Upstream, in the file as upstream has it
	Base, Upstream, Yours []string
	Key                   series.ResolutionKey // of the file, the same for all of its regions

	Supposed bool   // base is not known: it is made of the change's own lines
	Nominal  bool   // with Supposed: some regions of the file are only where the patch says
	From     string // upstream moved the file to File from here
	whole    bool   // the sides are modes or names of the whole file, not lines
	open     bool   // it is an edit of a file that upstream moved: Begun has what is to be made there
	marked   []byte // where it is not what a merge of the files makes

	files [3]*tree.File // base, upstream and yours, whole
}

// Commit is a commit of upstream.
type Commit struct {
	ID      tree.ID
	Pull    int // the number of the pull request that it merged; 0 is unknown
	Subject string
	Author  string
	Date    time.Time
}

// Landing is what upstream's history says of a change, beside how it applies.
type Landing struct {
	By     *Commit // the commit that took it in
	Undone *Commit // the later one that took it back; nil while it holds
}

// Holds says that upstream contains the change.
func (l Landing) Holds() bool { return l.By != nil && l.Undone == nil }

// Result is a series applied.
type Result struct {
	Tree     *tree.Tree
	Outcomes []Outcome // one for each change, in order
}

// OK says that every required change is in the tree, has landed or is idle, and that none at all is refused.
func (r *Result) OK() bool {
	return !slices.ContainsFunc(r.Outcomes, func(o Outcome) bool {
		return o.Verdict == Refused || o.Change.Required && (o.Verdict.Fails() || o.unreachable())
	})
}

// unreachable says that the change was not judged, for want of what it takes.
func (o Outcome) unreachable() bool { return slices.Contains(o.Remarks, Unreachable) }

// Exit is the exit code that the outcomes call for: with strict, landed, partly and any remark of a required change
// count too. Where a required change could not be read, its code stands for those that fail beside it: what they need
// may be missing.
func (r *Result) Exit(strict bool) fault.Code {
	code, missing := fault.OK, fault.OK
	for _, o := range r.Outcomes {
		switch {
		case o.Verdict == Refused:
			code = fault.Worst(code, o.Error.Code)
		case !o.Change.Required:
		case o.unreachable():
			missing = fault.Worst(missing, o.Error.Code)
		case o.Verdict.Fails(), strict && o.loose():
			code = fault.Worst(code, fault.Series)
		}
	}
	if missing != fault.OK && (code == fault.Series || code == fault.OK) {
		return missing
	}
	return fault.Worst(code, missing)
}

// loose says that an outcome is worth a look though nothing failed. A proof has landed for good.
func (o Outcome) loose() bool {
	return len(o.Remarks) > 0 || o.Verdict == Partly || o.Verdict == Landed && o.Change.Kind != series.KindLanded
}

// LeftOut lists the outcomes of changes that a release goes on without: those left out on request, and optional ones
// that fail.
func (r *Result) LeftOut() []Outcome {
	var out []Outcome
	for _, o := range r.Outcomes {
		if slices.Contains(o.Remarks, Without) || !o.Change.Required && (o.Verdict.Fails() || o.unreachable()) {
			out = append(out, o)
		}
	}
	return out
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
	if o.Verdict == Idle && o.would != nil {
		o.Verdict, o.After = o.Would, o.would
	}
	return o
}
