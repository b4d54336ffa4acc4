package apply

import (
	"context"
	"time"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Inputs is all that decides what a series does, beside the series itself.
type Inputs struct {
	Base    *tree.Tree // upstream's
	Commit  tree.ID    // of Base
	Version string     // upstream's, as 4.6.0-alpha.7; "" matches every `for`
	Day     time.Time  // its date in its own zone counts; the zero time is inside every window
	Without []string   // names of changes to leave out
	Sources Sources
	Lock    *series.Lock               // nil: three-way merges rest on the blobs that patches name
	Landed  map[string]verdict.Landing // by Change.Sum, from history; those absent have not landed
	// by Change.Sum, from history: upstream's commit for which a patch without a base is made
	Bases map[string]tree.ID
	Memo  *Memo // judgements of earlier runs; may be nil
	// only verdicts count: no places, and no trees that no later change of the series reads
	Brief bool
	// with Brief: whether a change applies counts, not how, nor which other is in the way
	Rough bool
	// with Rough: nor what else is in the way once one file does not fit
	Hasty bool

	// with Brief: the series that this one is a part of; it is what is replayed at the lock's commit, once for all parts
	Whole *series.Series

	// Parts are, by Change.Sum of the patches in Bases, what of the series has files in common with each, and itself.
	Parts map[string]*series.Series
}

// Sources gives what changes take from repositories. What does not exist is an error that wraps fs.ErrNotExist.
type Sources interface {
	// Commit returns the tree of a commit; repository is its address, or "" for upstream.
	Commit(ctx context.Context, repository string, commit tree.ID) (*tree.Tree, error)
	// Pull returns the tree of a pull's commit and that of its merge base with upstream. For a head that was rebased
	// over rewritten upstream commits, base and head are those of the commits that upstream does not have (see Replay).
	Pull(ctx context.Context, c *series.Change) (base, head *tree.Tree, err error)
}

// Expander is what Sources may be besides: it tells the whole id of a path's content by the digits, or all digits, with
// which a patch names it. No such content, or more than one, is an error that wraps fs.ErrNotExist.
type Expander interface {
	Expand(ctx context.Context, path, digits string) (tree.ID, error)
}
