// Package verdict says what became of each change of a series: the twelve verdicts and the rules that rest on them
// (what applies, what fails a check, which exit code a result calls for, what a new series.lock keeps). Package apply
// makes the outcomes; package history adds upstream's commits to them; reports only print them.
package verdict

// Kind says what becomes of one change at one commit.
type Kind string

// The verdicts, as docs/verdicts.md describes them.
const (
	Clean    Kind = "clean"
	Offset   Kind = "offset"
	Merged   Kind = "merged"
	Landed   Kind = "landed"
	Partly   Kind = "partly"
	Idle     Kind = "idle"
	Conflict Kind = "conflict"
	Gone     Kind = "gone"
	Count    Kind = "count"
	Stale    Kind = "stale"
	Blocked  Kind = "blocked"
	Refused  Kind = "refused"
)

// Applies says that a change with this verdict is in the tree, wholly or in part.
func (v Kind) Applies() bool { return v == Clean || v == Offset || v == Merged || v == Partly }

// Fails says that the change does not apply and somebody has to look.
func (v Kind) Fails() bool {
	return v == Conflict || v == Gone || v == Count || v == Stale || v == Blocked || v == Refused
}

// Remark stands beside a verdict.
type Remark string

// The remarks.
const (
	Drifted  Remark = "drifted"  // the pull request moved, was merged or was closed since it was pinned
	Moved    Remark = "moved"    // a file that upstream renamed was followed
	Unlocked Remark = "unlocked" // edited since series.lock was written
	Without  Remark = "without"  // left out on request

	Unreachable Remark = "unreachable" // what it takes from a repository could not be read
)
