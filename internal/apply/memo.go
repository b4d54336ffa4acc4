package apply

import (
	"context"
	"errors"
	"sync"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/renames"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Memo caches what holds for every tree: the bases of changes, the series replayed at the lock's commit, the contents
// of repositories. It is for one series with one lock and one Sources, or for parts of it that have all changes on
// which theirs depend. Several goroutines may use it.
type Memo struct {
	overlaid lazy[*series.Change, taken]
	checks   lazy[[2]*tree.File, diff.MergeCheck]
	merges   merges
	judged   judged
	later    lazy[*series.Series, map[*series.Change]bool]
	init     sync.Once
	*seriesMemo
	*treeMemo
}

// seriesMemo caches the effects of a series on the bases that it was made for.
type seriesMemo struct {
	sides    lazy[*series.Change, fileChanges]
	replayed lazy[replayKey, *accepted]
}

// treeMemo caches facts about trees and files that do not depend on the series.
type treeMemo struct {
	moved  lazy[string, string]
	added  lazy[string, *arrivals]
	named  lazy[tree.ID, map[string][]string]
	like   lazy[likeKey, []tree.Delta]
	alike  lazy[tree.ID, *likenesses]
	pieces renames.Pieces
	came   tree.Arrivals
	sizes  sizes
	fits   fits

	reversed lazy[*diff.File, *diff.File]
}

// begin initialises the zero Memo.
func (m *Memo) begin() *Memo {
	m.init.Do(func() {
		if m.treeMemo == nil {
			m.treeMemo = new(treeMemo)
		}
		if m.seriesMemo == nil {
			m.seriesMemo = new(seriesMemo)
		}
	})
	return m
}

// Beside returns an empty Memo for another series, which shares the facts about trees and files; m may be nil.
func (m *Memo) Beside() *Memo {
	if m == nil {
		return new(Memo)
	}
	return &Memo{treeMemo: m.begin().treeMemo}
}

// Part returns an empty Memo for a part of Inputs.Whole. It shares the facts about trees and files, and the bases
// that the changes were made for; m may be nil.
func (m *Memo) Part() *Memo {
	if m == nil {
		return new(Memo)
	}
	m.begin()
	return &Memo{treeMemo: m.treeMemo, seriesMemo: m.seriesMemo}
}

// lazy computes each value once; concurrent callers wait for it. It keeps no errors, except refusals of a change.
type lazy[K comparable, V any] struct {
	mu    sync.Mutex
	cells map[K]*cell[V]
}

type cell[V any] struct {
	mu    sync.Mutex
	done  bool
	value V
	no    error
}

func (l *lazy[K, V]) get(ctx context.Context, key K, find func(context.Context) (V, error)) (V, error) {
	l.mu.Lock()
	if l.cells == nil {
		l.cells = map[K]*cell[V]{}
	}
	c := l.cells[key]
	if c == nil {
		c = &cell[V]{}
		l.cells[key] = c
	}
	l.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done {
		return c.value, c.no
	}
	v, err := find(ctx)
	var no refusal
	if err == nil || errors.As(err, &no) && !no.ofRun {
		c.value, c.no, c.done = v, err, true
	}
	return v, err
}

// accepted is the series replayed at a commit at which it applied.
type accepted struct {
	base          *tree.Tree // upstream's tree at that commit
	before, after map[*series.Change]*tree.Tree
	fitted        map[*diff.File]fitted
}

// fitted is a file to which a patch was applied, and the content that this gave it.
type fitted struct {
	old  *tree.File
	next []byte
}
