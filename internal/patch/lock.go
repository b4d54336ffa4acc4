package patch

import (
	"context"

	"github.com/howdah/howdah/internal/tree"
)

// Lock is series.lock: what rebuilds the file contents that the changes were made for. It is generated, and the same
// series at the same commit gives the same bytes.
type Lock struct {
	Commit  tree.ID // upstream's, at which the series was last accepted
	Changes []Locked
}

// Locked is one change as it was accepted.
type Locked struct {
	Name  string
	Sum   string // Change.Sum
	Paths []LockedPath
}

// LockedPath is a path that a change touches: the blobs before and after it, "" where there is no file.
type LockedPath struct {
	Path      string
	Pre, Post tree.ID
}

// ParseLock reads series.lock; file is its name in errors.
func ParseLock(file string, data []byte) (*Lock, error) { return nil, nil }

// Format gives the bytes of series.lock.
func (l *Lock) Format() []byte { return nil }

// NewLock describes a result of the series at commit.
func (s *Series) NewLock(ctx context.Context, commit tree.ID, r *Result) (*Lock, error) { return nil, nil }
