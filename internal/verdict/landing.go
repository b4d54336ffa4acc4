package verdict

import (
	"time"

	"github.com/howdah/howdah/internal/tree"
)

// Commit is a commit of upstream.
type Commit struct {
	ID      tree.ID
	Pull    int // the number of the pull request that it merged; 0 is unknown
	Subject string
	Author  string
	Date    time.Time
}

// Landing is what upstream's history says of a change, beside how it applies.
type Landing struct {
	By     *Commit // the commit that took it in
	Undone *Commit // the later one that took it back; nil while it holds

	// Unread is how many of upstream's commits the search's budget left out that may have taken the change in, or while
	// it holds, taken it back.
	Unread int `json:",omitempty"`
}

// Holds says that upstream contains the change.
func (l Landing) Holds() bool { return l.By != nil && l.Undone == nil }
