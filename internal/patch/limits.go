package patch

import (
	"bytes"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// What a change may make of the tree, in bytes. docs/safety.md states these limits.
const (
	maxResult       = 16 << 20 // of one file
	maxResultLines  = 1_000_000
	maxChangeResult = 64 << 20 // of all files that a change writes; a series' is tree.MaxFresh
	maxMessages     = 8        // of one change; the rest are counted
	maxConflicts    = 50       // of one change, that are shown
)

// What judging a series may cost, in units of about a nanosecond: the bytes that are read, weighed by what is done.
const (
	maxCost      = 1_500_000_000 // of all changes, each judged once
	maxExplore   = 300_000_000   // of finding out which earlier change is in the way, or is missing
	maxSuspects  = 64            // earlier changes that are tried for one that fails
	costOfChange = 10_000
	costOfMatch  = 8  // a byte, for each thing that an expression may be in the middle of
	costOfMerge  = 4  // a byte of the three sides
	costOfStep   = 40 // of comparing them; what is told of the merge compares again
)

// meter counts what judging costs.
type meter struct{ spent, limit int64 }

func (m *meter) charge(n, weight int) { m.spent += int64(n) * int64(weight) }

func (m *meter) over() bool { return m.spent > m.limit }

// tooMuch refuses a change because of what the series costs as a whole.
func tooMuch() *fault.Error {
	return malformed("the changes up to this one take more work than is allowed: texts are searched or merged too often").
		WithHint("docs/safety.md has the limits; join edits of one file, or replace a regular expression by exact text")
}

// checkResult refuses a file that a change makes too large.
func checkResult(name string, bytes int) *fault.Error {
	if bytes <= maxResult {
		return nil
	}
	return malformed("%q would have more than %d bytes, which is the limit of one file", name, maxResult)
}

// checkSize refuses what a change makes of all its files, where it is too much.
func (j *judgement) checkSize() *fault.Error {
	total := 0
	for name, f := range j.files {
		if f == nil {
			continue
		}
		if refused := checkResult(name, len(f.Data)); refused != nil {
			return refused
		}
		if lines := bytes.Count(f.Data, []byte("\n")); lines > maxResultLines {
			return malformed("%q would have %d lines, at most %d are allowed", name, lines, maxResultLines)
		}
		total += len(f.Data)
	}
	if len(j.files) > maxTouched {
		return malformed("the change touches %d files, at most %d are allowed", len(j.files), maxTouched)
	}
	if total > maxChangeResult {
		return malformed("the change writes %d bytes, at most %d are allowed", total, maxChangeResult)
	}
	return nil
}

// tooLarge refuses a change that makes the series' result too large.
func tooLarge() *fault.Error {
	return malformed("the series would make %w, which is the limit", tree.ErrFull)
}
