// Package history judges a series over a range of upstream's first-parent commits. It returns runs of commits with
// one verdict, the commits that broke or merged each change, and a forecast. It visits every distinct state of the
// files that a series names, since a change may break, heal and break again. Only Explain uses bisection, after too
// many searches for files that upstream moved: see bisection.
//
// Size: Walk, Explain and WithBases judge the same states, with one reader, and cache them under keys of one form. A
// package for each of them would export all that. What reads commits is in mainline, what finds landings in landed.
package history

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Subject is a change as the walk sees it.
type Subject struct {
	Name  string
	Sum   string
	Paths []string // the paths that it names
}

// Judgement is the verdict on a change at one state of upstream.
type Judgement struct {
	Verdict verdict.Kind
	Message string   `json:",omitempty"`
	Reads   []string `json:",omitempty"` // the paths that decided it, if there are others than the subject's

	Searches int `json:",omitempty"` // see verdict.Outcome
}

// Judge judges changes at a commit. Several goroutines may call it.
type Judge interface {
	// Subjects lists the changes, in order.
	Subjects() []Subject
	// Key identifies everything that a judgement depends on besides upstream's files: the changes' bytes, the engine.
	Key() string
	// Judge returns the judgements in the order of the subjects. Landed has, by sum, the changes that upstream
	// contains.
	Judge(ctx context.Context, at mainline.Commit, t *tree.Tree, landed map[string]verdict.Landing) ([]Judgement, error)
}

// Walk judges every state, in a line, of the files that the changes name. The judgements are cached.
func Walk(ctx context.Context, u mainline.Upstream, judge Judge, over Range) (*Course, error) {
	line, landings := over.Line, over.Landings
	course := &Course{Line: line}
	subjects := judge.Subjects()
	if len(line) == 0 || len(subjects) == 0 {
		return course, nil
	}
	course.Timelines = make([]Timeline, len(subjects))
	all := walks{cache: u.Cache, src: mainline.NewObjects(u.Repo), line: line, touched: line.ByPath(), landings: landings,
		progress: &progress{print: over.Progress}}
	parts := all.divide(judge)
	for {
		if err := readAhead(ctx, all.src, parts); err != nil {
			return nil, err
		}
		group, ctx := goroutine.WithContext(ctx)
		for _, p := range parts {
			group.Go(func() error { return p.walker.run(ctx) })
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		whole, ok := judge.(divisible)
		before := len(parts)
		if !ok {
			break
		}
		if parts = all.join(whole, parts); len(parts) == before {
			break
		}
	}
	forgetOld(u.Cache)
	starts := map[int]bool{}
	for _, p := range parts {
		for n, i := range p.subjects {
			course.Timelines[i] = p.walker.timeline(n)
		}
		for _, s := range p.walker.cut {
			starts[s.first] = true
		}
	}
	course.Starts = slices.Sorted(maps.Keys(starts))
	return course, nil
}

// run judges all states of a line.
func (w *walker) run(ctx context.Context) error {
	defer w.kept.save()
	for more := true; more; { // a verdict may depend on a file that a rename leads to: watch it too
		var err error
		if w.cut, err = w.states(ctx); err != nil {
			return err
		}
		if err = w.readStates(ctx, w.cut); err != nil {
			return err
		}
		w.progress.expect(len(w.open(w.cut)))
		if w.judged, err = w.judgeAll(ctx, w.cut); err != nil {
			return err
		}
		more = w.kept.watch(w.judged)
	}
	return nil
}

// timeline returns what run found for one subject.
func (w *walker) timeline(i int) Timeline {
	subject := w.judge.Subjects()[i]
	found := Timeline{Name: subject.Name}
	own := mainline.Watched(subject.Paths)
	for n, s := range w.cut {
		found.add(w.line, s, w.judged[n][i], w.times[i].At(s.first))
		touched := s.first > 0 && w.line[s.first].Touches(own)
		found.moments = append(found.moments, moment{s.first, touched, w.judged[n][i].Verdict})
	}
	return found
}

// walker is the walk along one line.
type walker struct {
	src     *mainline.Objects
	line    mainline.Line
	touched mainline.Touched // see walks
	judge   Judge
	kept    *verdicts
	trees   onTree
	times   []landed.Periods // by subject

	progress *progress // nil: not shown

	cut    []state // set by run
	judged [][]Judgement
}

// walks has what all walks over one line share.
type walks struct {
	cache    string
	src      *mainline.Objects
	line     mainline.Line
	touched  mainline.Touched // of the line, or of a longer one that it is the end of
	landings landed.Landings
	progress *progress
}

func (w walks) walk(judge Judge) *walker {
	one := w.with(judge, loadVerdicts(w.cache, judge))
	one.trees = loadTreeVerdicts("", "").by(judge) // for this walk, which judges again when more paths are watched
	return one
}

// with returns a walk that reuses what an earlier one found.
func (w walks) with(judge Judge, kept *verdicts) *walker {
	one := &walker{src: w.src, line: w.line, touched: w.touched, judge: judge, kept: kept, progress: w.progress}
	for _, s := range judge.Subjects() {
		one.times = append(one.times, w.landings.Over(w.line, s.Sum))
	}
	return one
}

func (w *walker) paths() map[string]bool {
	all := slices.Clone(w.kept.Also)
	for _, s := range w.judge.Subjects() {
		all = append(all, s.Paths...)
	}
	return mainline.Watched(all)
}

// states splits the line where a watched file changes, or a landing begins or ends.
func (w *walker) states(ctx context.Context) ([]state, error) {
	paths := w.paths()
	begin, err := mainline.ReadFiles(ctx, tree.At(w.src, w.line[0].Tree), paths)
	if err != nil {
		return nil, fmt.Errorf("reading upstream at %s: %w", w.line[0].ID.Short(), err)
	}
	var cuts []int
	for _, t := range w.times {
		cuts = append(cuts, t.Cuts()...)
	}
	states := statesOf(w.line, paths, begin, append(w.touched.Touching(paths), cuts...))
	for i := range states {
		for n, t := range w.times {
			if t.At(states[i].first) != nil {
				states[i].key += fmt.Sprintf(" %d", n)
			}
		}
	}
	return states, nil
}

// readStates reads what the judge needs at the states that are not cached.
func (w *walker) readStates(ctx context.Context, states []state) error {
	return w.startReading(ctx, states)()
}

// startReading is readStates beside the caller; what it returns waits for the end, and may be called again.
func (w *walker) startReading(ctx context.Context, states []state) (wait func() error) {
	open := w.open(states)
	if len(open) == 0 {
		return func() error { return nil }
	}
	blobs, err := w.ahead(ctx, states, open)
	if err != nil {
		return func() error { return err }
	}
	ended := goroutine.Start(func() error { return w.src.ReadBlobs(ctx, blobs) })
	return sync.OnceValue(func() error { return <-ended })
}

// judgeAll judges the states that are not cached. Call readStates first.
func (w *walker) judgeAll(ctx context.Context, states []state) ([][]Judgement, error) {
	out := make([][]Judgement, len(states))
	open := w.open(states)
	for n, s := range states {
		out[n] = w.kept.Made[s.key]
	}
	if len(open) == 0 {
		return out, nil
	}
	group, ctx := goroutine.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, key := range slices.Sorted(maps.Keys(open)) {
		first := states[open[key][0]].first
		if known := w.onTree(first); known != nil {
			for _, n := range open[key] {
				out[n] = known
			}
			continue
		}
		group.Go(func() error {
			in := map[string]verdict.Landing{}
			for n, s := range w.judge.Subjects() {
				if l := w.times[n].At(first); l != nil {
					in[s.Sum] = *l
				}
			}
			at := w.line[first]
			judged, err := w.judge.Judge(ctx, at, tree.At(w.src, at.Tree), in)
			if err != nil {
				return fmt.Errorf("judging the series at %s: %w", at.ID.Short(), err)
			}
			for _, n := range open[key] {
				out[n] = judged
			}
			w.keepOnTree(first, judged)
			w.progress.judged()
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for key, ns := range open {
		w.kept.Made[key] = out[ns[0]]
	}
	return out, nil
}

// open returns the states that are not cached, by key: a state that occurs again is judged once.
func (w *walker) open(states []state) map[string][]int {
	open := map[string][]int{}
	for n, s := range states {
		if w.kept.Made[s.key] == nil {
			open[s.key] = append(open[s.key], n)
		}
	}
	return open
}

// ahead reads the folders that the judge needs at the open states, and returns the ids of the files.
func (w *walker) ahead(ctx context.Context, states []state, open map[string][]int) (map[tree.ID]bool, error) {
	at, folders := w.folders(states, open)
	if err := w.src.ReadFolders(ctx, folders); err != nil {
		return nil, err
	}
	return w.line.Contents(ctx, w.src, at, folders.Paths)
}

// folders returns the commits of the open states whose judgements are not kept, and the folders that the judge needs
// there.
func (w *walker) folders(states []state, open map[string][]int) (at []int, wanted mainline.Wanted) {
	wanted.Paths = w.paths()
	for _, ns := range open {
		if first := states[ns[0]].first; w.onTree(first) == nil {
			at, wanted.Roots = append(at, first), append(wanted.Roots, w.line[first].Tree)
		}
	}
	return at, wanted
}
