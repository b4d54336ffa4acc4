package upstream

import (
	"context"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/tree"
)

// Owns reports whether a pull request belongs to this mirror's own repository.
func (m *Mirror) Owns(p pullref.Ref) bool {
	return strings.HasSuffix(strings.TrimSuffix(m.URL, ".git"), "/"+p.Owner+"/"+p.Repo)
}

// MergedAs returns the two ends of what upstream's commit merged: its first parent, and the commit itself or the head
// that it merged.
func (m *Mirror) MergedAs(ctx context.Context, commit tree.ID) (Pull, error) {
	c, err := m.Repo.Commit(ctx, commit)
	if err != nil {
		return Pull{}, err
	}
	switch len(c.Parents) {
	case 0:
		return Pull{}, fmt.Errorf("reading commit %s: it has no parent", commit.Short())
	case 1:
		return Pull{Base: c.Parents[0], Head: commit}, nil
	}
	return Pull{Base: c.Parents[0], Head: c.Parents[1]}, nil
}

// RangeDiff returns git's range-diff of the commits of two pulls.
func (m *Mirror) RangeDiff(ctx context.Context, p pullref.Ref, before, after Pull) ([]byte, error) {
	remote, err := m.remoteFor(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, pull := range []Pull{before, after} {
		if err := m.prefetchPull(ctx, p, remote, pull.Base, pull.Head); err != nil {
			return nil, err
		}
		ids, err := m.Repo.MissingBetween(ctx, pull.Base, pull.Head)
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 && m.opt.Offline {
			return nil, m.fetchObjects(ctx, ids)
		}
		if err := m.Repo.FetchObjects(ctx, remote, ids, m.opt.Progress); err != nil {
			return nil, m.explainPull(ctx, err, p)
		}
	}
	return m.Repo.Run(ctx, "range-diff", "--no-color", string(before.Base)+".."+string(before.Head),
		string(after.Base)+".."+string(after.Head))
}
