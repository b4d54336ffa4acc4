package history

import (
	"context"
	"fmt"
	"maps"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// explainer walks back through upstream's history.
type explainer struct {
	reader   *reader
	settings Settings
	judge    Judge
	part     *series.Series
	open     map[int]*unexplained // by subject

	oldest mainline.Commit // the oldest commit visited

	walker   *walker
	kept     *verdicts
	counted  map[string]bool // states whose searches are counted in searches
	searches int
	states   []state // not visited yet
	keys     keys    // of the newest of them
	stride   int     // how many of them are read next
	share    int     // how many of them may be visited, as one of all walks
	bytes    int     // of a state's files, the newest version of each
}

const (
	// firstStride is how many states' files are read first. The number doubles each time, so that upstream is asked
	// only a few times for the files of old states.
	firstStride = 8

	// lastStride is the largest stride: the files of so many states are in memory at once.
	lastStride = 256

	// readAtOnce is how many states' files are read while those read before are judged.
	readAtOnce = 4 * batch

	// batch is how many states are judged at once: enough for each processor, and few that turn out not to be needed.
	batch = 8

	// mostSearches limits how often one explanation searches for a file that upstream moved: each search compares two
	// whole trees. A series that is years old lacks many files, at each of thousands of states.
	mostSearches = 100

	// keptBlobs is how many bytes of old files stay in memory from one stride to the next.
	keptBlobs = 64 << 20
)

// back visits ever older states until nothing is open, or too many searches were made; bisect handles what is then
// open. All walks advance together, so that upstream is asked for the files of all of them at once.
func back(ctx context.Context, walks []*explainer, most int) error {
	if len(walks) == 0 {
		return nil
	}
	r := walks[0].reader
	defer r.trees.save()
	for _, from := range r.depths(ctx) {
		line, err := r.since(ctx, from)
		if err != nil {
			return err
		}
		if len(line) == 0 {
			continue
		}
		for _, b := range walks {
			if err := b.begin(ctx, line, r.touchedSince(from, line)); err != nil {
				return err
			}
		}
		if err := r.weigh(ctx, walks); err != nil {
			return err
		}
		for more := true; more && searches(walks) < most && r.looked < r.mostLooked; {
			if more, err = r.stride(ctx, walks); err != nil {
				return fmt.Errorf("looking for what changed the verdicts: %w", err)
			}
		}
		if searches(walks) >= most || r.looked >= r.mostLooked {
			return nil
		}
	}
	return nil
}

// begin prepares a walk along a line, from its end.
func (b *explainer) begin(ctx context.Context, line mainline.Line, touched mainline.Touched) (err error) {
	if b.walker = nil; len(b.open) == 0 {
		return nil
	}
	if b.oldest.ID == "" {
		b.oldest = line[len(line)-1]
	}
	for _, one := range b.open {
		if one.base == "" && one.found == nil {
			if one.base, err = commitMadeFor(ctx, b.reader.src, line, touched, one.outcome.Change); err != nil {
				return err
			}
		}
	}
	b.walk(line, touched)
	return b.restart(ctx)
}

// walk prepares the walk along a line, or along its beginning.
func (b *explainer) walk(line mainline.Line, touched mainline.Touched) {
	b.walker = walks{src: b.reader.src, line: line, touched: touched}.with(b.judge, b.kept)
	b.walker.trees = b.reader.trees.by(b.judge)
}

// restart starts again at the end of the line.
func (b *explainer) restart(ctx context.Context) (err error) {
	b.stride = firstStride
	b.states, b.keys, err = b.walker.newestLast(ctx)
	return err
}

// next returns the states to visit next, newest last.
func (b *explainer) next() []state {
	if len(b.open) == 0 {
		return nil
	}
	from := max(0, len(b.states)-min(b.stride, b.share))
	b.keys.fill(b.walker.line, b.states, from)
	return b.states[from:]
}

// stride advances each walk by some states. More is false if nothing is left to do.
func (r *reader) stride(ctx context.Context, walks []*explainer) (more bool, err error) {
	r.divide(walks)
	for len(walks) > 0 {
		n, states := 0, 0
		for n < len(walks) && states < mostRead {
			states += len(walks[n].next())
			n++
		}
		some, err := r.together(ctx, walks[:n])
		if err != nil {
			return false, err
		}
		more, walks = more || some, walks[n:]
	}
	return more, nil
}

// together advances some walks, and fetches their files at once.
func (r *reader) together(ctx context.Context, walks []*explainer) (more bool, err error) {
	blobs := map[tree.ID]bool{}
	var folders []mainline.Wanted
	for _, b := range walks {
		if states := b.next(); len(states) > 0 {
			_, wanted := b.walker.folders(states, b.walker.open(states))
			folders = append(folders, wanted)
		}
	}
	if err := r.src.ReadFolders(ctx, folders...); err != nil {
		return false, err
	}
	for _, b := range walks {
		states := b.next()
		if len(states) == 0 {
			continue
		}
		more = true
		some, err := b.walker.ahead(ctx, states, b.walker.open(states))
		if err != nil {
			return false, err
		}
		maps.Copy(blobs, some)
		if err := b.arrived(ctx, states, blobs); err != nil {
			return false, err
		}
	}
	if err := r.src.Bring(ctx, blobs); err != nil {
		return false, err
	}
	for _, b := range walks {
		if err := b.further(ctx); err != nil {
			return false, err
		}
	}
	return more, nil
}

// further visits the next states, and reads the files of older ones meanwhile. The walk restarts if a verdict depends
// on further files.
func (b *explainer) further(ctx context.Context) error {
	states := b.next()
	if len(states) == 0 {
		return nil
	}
	defer b.reader.src.Forget(keptBlobs)
	reading := b.walker.startReading(ctx, states[max(0, len(states)-readAtOnce):])
	defer func() { _ = reading() }() // what is not needed any more
	for end := len(states); end > 0 && len(b.open) > 0; end -= readAtOnce {
		begin := max(0, end-readAtOnce)
		if err := reading(); err != nil {
			return err
		}
		reading = b.walker.startReading(ctx, states[max(0, begin-readAtOnce):begin])
		restart, err := b.visit(ctx, states[begin:end])
		if err != nil {
			return err
		}
		if restart {
			return b.restart(ctx)
		}
	}
	b.states = b.states[:len(b.states)-len(states)]
	b.reach()
	b.stride = min(b.stride*2, lastStride)
	return nil
}

// visit judges states whose files were read, the newest first. Restart: a verdict depends on further files.
func (b *explainer) visit(ctx context.Context, states []state) (restart bool, err error) {
	for end := len(states); end > 0 && len(b.open) > 0; end -= batch {
		begin := max(0, end-batch)
		judged, err := b.walker.judgeAll(ctx, states[begin:end])
		if err != nil {
			return false, err
		}
		b.count(states[begin:end], judged)
		if b.kept.watch(judged) {
			return true, nil
		}
		for i := end - 1; i >= begin; i-- {
			b.look(b.walker.line, states[i], judged[i-begin])
		}
	}
	return false, nil
}

// arrived adds the files among which the missing files of the open changes are searched, at the states that are
// judged first.
func (b *explainer) arrived(ctx context.Context, states []state, blobs map[tree.ID]bool) error {
	for _, s := range states[max(0, len(states)-batch):] {
		for _, one := range b.open {
			if err := b.reader.arrived(ctx, b.settings, one.outcome, b.walker.line[s.first].Tree, blobs); err != nil {
				return err
			}
		}
	}
	return nil
}
