// Package verdict has the twelve verdicts on the changes of a series, and the rules that depend on them: what
// applies, what fails a check, which exit code a result has, what a new series.lock keeps. Package apply returns the
// outcomes; package history adds upstream's commits to them; reports only print them.
package verdict

// Kind is the verdict on one change at one commit.
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

// Applies reports whether a change with this verdict is in the tree, in whole or in part.
func (v Kind) Applies() bool { return v == Clean || v == Offset || v == Merged || v == Partly }

// Fails reports whether the change does not apply, and a person has to look at it.
func (v Kind) Fails() bool {
	return v == Conflict || v == Gone || v == Count || v == Stale || v == Blocked || v == Refused
}

type Remark string

const (
	Drifted  Remark = "drifted"  // the pull request moved, was merged or was closed since it was pinned
	Moved    Remark = "moved"    // a file that upstream renamed was followed
	Unlocked Remark = "unlocked" // edited since series.lock was written
	Without  Remark = "without"  // left out on request (-without=)

	Unreachable Remark = "unreachable" // the repository that it needs could not be read
)
