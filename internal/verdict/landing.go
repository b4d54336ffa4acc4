package verdict

import (
	"time"

	"github.com/howdah/howdah/internal/tree"
)

// Commit is a commit of upstream.
type Commit struct {
	ID      tree.ID
	Pull    int // the number of the pull request that it merged; 0: unknown
	Subject string
	Author  string
	Date    time.Time
}

// Landing is what upstream's history says about a change.
type Landing struct {
	By     *Commit // the commit that merged it
	Undone *Commit // the later one that reverted it; nil while it holds

	// Unread is how many of upstream's commits were not compared, because the search's budget was spent. They may
	// have merged the change or, while it holds, reverted it.
	Unread int `json:",omitempty"`
}

// Holds reports whether upstream contains the change.
func (l Landing) Holds() bool { return l.By != nil && l.Undone == nil }
