package history

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/howdah/howdah/internal/tree"
)

const (
	// mostLooked limits the judgements (one change at one state; a state counts as one more) of all walks back in a
	// run. The newest states of all changes come first. Judgements from a cache count too, so that a report is the
	// same with and without it.
	mostLooked = 10_000

	// mostRead is how many states' folders are read at once.
	mostRead = 2_048

	// mostHalved limits the judgements of all bisections in a report, likewise.
	mostHalved = 5_000
)

// lookBytes: a judgement that reads more bytes of files counts once more for each lookBytes.
const lookBytes = 100_000

// divide gives each walk its share of the remaining judgements; none, if the share is not enough for one state.
func (r *reader) divide(walks []*explainer) {
	open, left := 0, r.mostLooked-r.looked
	for _, b := range walks {
		if len(b.open) > 0 && len(b.states) > 0 && b.weight() <= left {
			open += b.weight()
		}
	}
	for _, b := range walks {
		b.share = 0
		if open > 0 && b.weight() <= left {
			b.share = left / open
		}
	}
}

// weight returns how many judgements one state counts as.
func (b *explainer) weight() int {
	n := len(b.judge.Subjects())
	return 1 + n + n*b.bytes/lookBytes
}

// weigh sets how many bytes the newest versions of each walk's files have, in one query. It does not use what was
// read, which differs with a cache.
func (r *reader) weigh(ctx context.Context, walks []*explainer) error {
	newest := make([]map[tree.ID]bool, len(walks))
	var ids []tree.ID
	for i, b := range walks {
		if b.bytes > 0 || len(b.open) == 0 {
			continue
		}
		var err error
		if newest[i], err = b.walker.newest(ctx); err != nil {
			return err
		}
		ids = slices.AppendSeq(ids, maps.Keys(newest[i]))
	}
	slices.Sort(ids)
	sizes, err := r.src.Sizes(ctx, slices.Compact(ids))
	if err != nil {
		return fmt.Errorf("reading how long files of upstream's history are: %w", err)
	}
	for i, b := range walks {
		for id := range newest[i] {
			b.bytes += int(sizes[id])
		}
	}
	return nil
}

// newest returns the newest contents of the watched files; for a missing file, its last one.
func (w *walker) newest(ctx context.Context) (map[tree.ID]bool, error) {
	paths := w.paths()
	out := map[tree.ID]bool{}
	tip, err := w.tip(ctx, paths)
	if err != nil {
		return nil, err
	}
	for name := range paths {
		at := tip[name]
		touching := w.touched[name]
		end, _ := slices.BinarySearch(touching, len(w.line))
		if end > 0 {
			for _, t := range w.line[touching[end-1]].Touched {
				if t.Path == name {
					at = cmp.Or(t.New, t.Old)
				}
			}
		}
		if at.Mode.IsRegular() {
			out[at.ID] = true
		}
	}
	return out, nil
}

// reach records how far back the walk went without a gap.
func (b *explainer) reach() {
	line, last := b.walker.line, 0
	if n := len(b.states); n > 0 {
		last = min(len(line)-1, b.states[n-1].last+1)
	}
	if !line[last].Date.After(b.oldest.Date) {
		b.oldest = line[last]
	}
}

// searches returns how often the walks searched for a moved file.
func searches(walks []*explainer) (n int) {
	for _, b := range walks {
		n += b.searches
	}
	return n
}

// count adds the searches of the judged states, each once.
func (b *explainer) count(states []state, judged [][]Judgement) {
	for n, s := range states {
		if b.counted[s.key] {
			continue
		}
		b.counted[s.key] = true
		b.reader.looked += b.weight()
		for _, j := range judged[n] {
			b.searches += j.Searches
		}
	}
}
