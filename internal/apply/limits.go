package apply

import (
	"bytes"
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Limits of what a change may write, in bytes unless noted. docs/safety.md states them.
const (
	maxResultLines  = 1_000_000
	maxChangeResult = 64 << 20 // of all files that a change writes; for the series: tree.MaxFresh
	maxMessages     = 8        // of one change; the others are counted
	maxGone         = 1_000    // missing files that one change reports
	maxDiffering    = 40_000   // files and folders in which a pull request may differ from its base; a rename is two
	maxHunks        = 200      // of one change in a report; the others are counted
)

// Limits of the cost of judging a series. A unit is about a nanosecond: bytes that are read, times a weight for what
// is done with them.
const (
	maxSearch     = 6_000_000   // lines that are compared, for one change, to find where its hunks belong
	maxSearches   = 12_000_000  // the same for all changes; docs/safety.md states both
	maxCost       = 400_000_000 // of all changes, each judged once, without merges
	maxMerging    = 800_000_000 // of all merges
	costByByte    = 20          // added to maxCost for each byte of the series' patches, see limited
	mergingByByte = 80          // added to maxMerging, likewise
	maxExplore    = 100_000_000 // of finding which earlier change is in the way, or is missing
	maxRepeat     = 100_000_000 // of finding whether upstream has what changes nothing, or an earlier change does it
	maxNear       = 100_000_000 // of finding lines that are similar to an edit's text, or the edit that removed it
	maxReplay     = 600_000_000 // of replaying the series where the lock accepted it, and as much again for merges
	maxSuspects   = 64          // earlier changes that are tried for one that fails
	costOfChange  = 10_000
	costOfReplay  = 5_000_000 // a commit at which the series is replayed
	costOfAgain   = 50_000    // a change that is replayed
	costOfFile    = 2_000     // a file of a pull request, or of an overlay from another repository
	costOfResult  = 4         // a byte of a file that is written: it is copied, counted and hashed
	costOfMatch   = 8         // a byte, times the states of an expression
	costOfCompile = 200       // a character of an expression
	costOfFind    = 40        // a match of an exact text
	costOfSpan    = 1_000     // a match of an expression
	costOfLike    = 3         // a byte of a text that is searched for similar lines
	costOfPlacing = 5         // a line that is compared to place a hunk
	costOfMerge   = 4         // a byte of the three sides
	costOfStep    = 5         // a step of their comparison
	costOfTrying  = 20        // the same step in further trials: they get less time
)

// meter counts the cost of judging. Merges may have a limit of their own.
type meter struct{ spent, limit, merging, mergingLimit int64 }

func (m *meter) charge(n, weight int) { m.spent += int64(n) * int64(weight) }

// chargeMerge counts a merge of so many bytes, or the steps that comparing them took.
func (m *meter) chargeMerge(size, steps int) {
	if m.mergingLimit == 0 {
		m.charge(size, costOfMerge)
		m.charge(steps, costOfTrying)
		return
	}
	m.merging += int64(size)*costOfMerge + int64(steps)*costOfStep
}

// limited is a meter for the changes of a series. What they may cost grows with the series' patches: the changes of a
// large fork are judged to the last (fedibird's, of 5.4 MB, takes 120 million units, and 756 of merging), and a small
// series cannot take long.
func limited(s *series.Series) *meter {
	bytes := int64(0)
	for _, c := range s.Changes {
		if c.Patch != nil {
			bytes += int64(len(c.Patch.Data))
		}
	}
	return &meter{limit: maxCost + bytes*costByByte, mergingLimit: maxMerging + bytes*mergingByByte}
}

func (m *meter) over() bool { return m.spent > m.limit || m.merging > m.mergingLimit }

// tooMuch refuses a change because the series as a whole costs too much.
func tooMuch() *fault.Error {
	return safety.Malformed("the changes up to this one need more searching and merging than is allowed").
		WithHint("docs/safety.md has the limits; join edits of one file, or replace a regular expression by exact text")
}

// write records the result of a patch for a file; nil: removed.
func (j *judgement) write(name string, f *tree.File) {
	if was := j.files[name]; was != nil {
		j.written -= len(was.Data)
	}
	if j.files[name] = f; f != nil {
		j.written += len(f.Data)
	}
}

// overfull reports whether a patch has written more than a change may: checkSize will refuse it, so the rest is not
// computed.
func (j *judgement) overfull() bool { return j.written > maxChangeResult }

// tooManyReplays refuses a change because the lock names too many commits at which the series would have to be
// replayed.
func tooManyReplays() *fault.Error {
	return safety.Malformed("series.lock names more upstream commits than the series may be applied at").
		WithHint("drop changes that have not applied for long, or accept those that do: %s",
			fault.Command{Target: "patch:refresh"})
}

// checkSize refuses a change whose files are too large in all.
func (j *judgement) checkSize() *fault.Error {
	total := 0
	for name, f := range j.files {
		if f == nil {
			continue
		}
		if refused := series.CheckResult(name, len(f.Data)); refused != nil {
			return refused
		}
		if lines := bytes.Count(f.Data, []byte("\n")); lines > maxResultLines {
			return safety.Malformed("%q would have %d lines, at most %d are allowed", name, lines, maxResultLines)
		}
		total += len(f.Data)
	}
	if len(j.files) > series.MaxTouched {
		return safety.Malformed("the change touches %d files, at most %d are allowed", len(j.files), series.MaxTouched)
	}
	if total > maxChangeResult {
		return safety.Malformed("the change writes %d bytes, at most %d are allowed", total, maxChangeResult)
	}
	return nil
}

// tooLarge refuses a change that makes the result of the series too large.
func tooLarge() *fault.Error {
	return safety.Malformed("the series would make %w, which is the limit", tree.ErrFull)
}

// allowReading returns the cost of reading files of another repository, or refuses it, before any of them is read.
// The change is charged when it is judged: the files may be read earlier, together with others.
func (r *Run) allowReading(ctx context.Context, of *tree.Tree, ids []tree.ID) (int, error) {
	if r.reading.over() {
		return 0, refusal{why: tooMuch(), ofRun: true}
	}
	sizes, err := of.Sizes(ctx, ids)
	if err != nil {
		return 0, fmt.Errorf("reading the sizes of %d files: %w", len(ids), err)
	}
	before := r.reading.spent
	r.reading.charge(len(ids), costOfFile)
	for _, id := range ids {
		r.reading.charge(int(sizes[id]), costOfResult)
	}
	if r.reading.over() {
		return 0, refusal{why: tooMuch(), ofRun: true}
	}
	return int(r.reading.spent - before), nil
}
