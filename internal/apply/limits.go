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

// What a change may make of the tree, in bytes. docs/safety.md states these limits.
const (
	maxResultLines  = 1_000_000
	maxChangeResult = 64 << 20 // of all files that a change writes; a series' is tree.MaxFresh
	maxMessages     = 8        // of one change; the rest are counted
	maxGone         = 1_000    // files that are gone, of one change; the report names no more
	maxDiffering    = 40_000   // files and folders in which a pull request may differ from its base, a rename as two
	maxHunks        = 200      // of one change, that a report lists; it counts the others
)

// What judging a series may cost, in units of about a nanosecond: the bytes that are read, weighed by what is done.
const (
	maxSearch     = 6_000_000   // lines compared for one change to find where its hunks were meant for
	maxSearches   = 12_000_000  // and for all changes; docs/safety.md states both
	maxCost       = 400_000_000 // of all changes, each judged once, but for their merges
	maxMerging    = 800_000_000 // of the merges of all changes
	costByByte    = 20          // is added to maxCost for each byte of the series' patches, see limited
	mergingByByte = 80          // and to maxMerging
	maxExplore    = 100_000_000 // of finding out which earlier change is in the way, or is missing
	maxNear       = 100_000_000 // of finding what in a file comes near to the text of an edit, or which edit took it away
	maxReplay     = 600_000_000 // of applying the series where the lock says that it was accepted, and as much of merges
	maxSuspects   = 64          // earlier changes that are tried for one that fails
	costOfChange  = 10_000
	costOfReplay  = 5_000_000 // a commit at which the series is applied once more
	costOfAgain   = 50_000    // a change that is
	costOfFile    = 2_000     // of a pull request, or of an overlay from another repository
	costOfResult  = 4         // a byte of a file that is written: it is copied, counted and summed
	costOfMatch   = 8         // a byte, for each thing that an expression may be in the middle of
	costOfCompile = 200       // a character of an expression
	costOfFind    = 40        // a place at which an exact text is found
	costOfSpan    = 1_000     // a place that an expression matches
	costOfLike    = 3         // a byte of a text in which the lines nearest to another are looked for
	costOfPlacing = 5         // a line that is compared to place a hunk
	costOfMerge   = 4         // a byte of the three sides
	costOfStep    = 5         // of comparing them
	costOfTrying  = 20        // the same step, where something is tried besides the series: less of it is worth its time
)

// meter counts what judging costs, merges apart where they have a limit of their own.
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

// tooMuch refuses a change because of what the series costs as a whole.
func tooMuch() *fault.Error {
	return safety.Malformed("the changes up to this one need more searching and merging than is allowed").
		WithHint("docs/safety.md has the limits; join edits of one file, or replace a regular expression by exact text")
}

// write notes what a patch makes of a file; nil is a file that it removes.
func (j *judgement) write(name string, f *tree.File) {
	if was := j.files[name]; was != nil {
		j.written -= len(was.Data)
	}
	if j.files[name] = f; f != nil {
		j.written += len(f.Data)
	}
}

// overfull says that a patch makes more than a change may: the rest of it need not be made for checkSize to refuse it.
func (j *judgement) overfull() bool { return j.written > maxChangeResult }

// tooManyReplays refuses a change because the lock names many commits, and the series is applied at each.
func tooManyReplays() *fault.Error {
	return safety.Malformed("series.lock names more upstream commits than the series may be applied at").
		WithHint("drop changes that have not applied for long, or accept those that do: %s",
			fault.Command{Target: "patch:refresh"})
}

// checkSize refuses what a change makes of all its files, where it is too much.
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

// tooLarge refuses a change that makes the series' result too large.
func tooLarge() *fault.Error {
	return safety.Malformed("the series would make %w, which is the limit", tree.ErrFull)
}

// allowReading returns what reading files of another repository costs, or refuses it, before any is read. The change
// pays for it when it is judged: it may be read earlier, together with others.
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
