package apply

import (
	"context"
	"time"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Inputs is everything that decides the result of a series, besides the series itself.
type Inputs struct {
	Base    *tree.Tree // upstream's
	Commit  tree.ID    // of Base
	Version string     // upstream's, as 4.6.0-alpha.7; "" matches every `for`
	Day     time.Time  // decides by its date, in its own time zone; the zero time is inside every window
	Without []string   // names of changes to leave out
	Sources Sources
	Lock    *series.Lock               // nil: three-way merges use the blobs that patches name
	Landed  map[string]verdict.Landing // by Change.Sum: what history found; a change without an entry has not landed
	Bases   map[string]FoundBase       // by Change.Sum: of patches without a known base
	Memo    *Memo                      // judgements of earlier runs; may be nil
	// only verdicts are needed: no places, and no trees that no later change reads
	Brief bool
	// with Brief: only whether a change applies is needed, not how, nor which other change is in the way
	Rough bool
	// with Rough: stop at the first file that does not fit
	Hasty bool

	// with Brief: the series that this one is a part of; all of it is replayed at the lock's commit, once for all
	// parts
	Whole *series.Series
}

// FoundBase is the newest upstream commit at which history found that a patch applies, with the changes that are
// needed for it.
type FoundBase struct {
	Commit tree.ID
	Part   *series.Series // the changes that share files with the patch, and the patch itself
	Sum    string         // identifies the commit and the changes
}

// Sources reads what changes take from repositories. For something that does not exist, it returns an error that
// wraps fs.ErrNotExist.
type Sources interface {
	// Commit returns the tree of a commit; repository is its address, or "" for upstream.
	Commit(ctx context.Context, repository string, commit tree.ID) (*tree.Tree, error)
	// Pull returns the trees of a pull request's commit and of its merge base with upstream. If the branch was
	// rebased onto rewritten copies of upstream's commits, the two trees come from Replay of the commits that
	// upstream does not have.
	Pull(ctx context.Context, c *series.Change) (base, head *tree.Tree, err error)
}

// Expander is an optional method of Sources: it returns the full id of a blob that a path has had, for the digits
// with which a patch names it. If there is none, or more than one, the error wraps fs.ErrNotExist.
type Expander interface {
	Expand(ctx context.Context, path, digits string) (tree.ID, error)
}
