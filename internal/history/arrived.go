package history

import (
	"context"

	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// arrived adds to blobs the files that have come to a state of upstream since a change was accepted, where the change
// lacks one: a missing file is looked for among them, and their lengths are asked for. In a partial clone that lacks
// files each search would fetch them by itself.
func (r *reader) arrived(
	ctx context.Context, s Settings, o *verdict.Outcome, root tree.ID, blobs map[tree.ID]bool,
) error {
	if !r.Repo.Lacks() || s.Lock == nil || s.shared == nil || o.Searches == 0 {
		return nil
	}
	commit := s.bases[o.Change.Sum]
	if commit == "" {
		commit = s.Lock.CommitOf(o.Change)
	}
	pair := [2]tree.ID{commit, root}
	if commit == "" || r.compared[pair] {
		return nil
	}
	r.compared[pair] = true
	base, err := r.Repo.At(ctx, commit)
	if err != nil {
		return ctx.Err() // whoever judges the change finds out what it means
	}
	ids, err := s.shared.Arrived(ctx, base, tree.At(r.src, root))
	if err != nil {
		return ctx.Err()
	}
	for _, id := range ids {
		if !r.fetched[id] {
			r.fetched[id], blobs[id] = true, true
		}
	}
	return nil
}
