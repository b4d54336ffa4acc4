package history

import (
	"context"

	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// arrived adds to blobs the files that upstream has added since a change was accepted, if the change lacks a file:
// the missing file is searched among them, and their lengths are needed. In a partial clone, each search would
// otherwise fetch them on its own.
func (r *reader) arrived(
	ctx context.Context, s Settings, o *verdict.Outcome, root tree.ID, blobs map[tree.ID]bool,
) error {
	if !r.upstream.Repo.Lacks() || s.shared == nil || o.Searches == 0 {
		return nil
	}
	commit := s.bases[o.Change.Sum].Commit
	if commit == "" && s.Lock != nil {
		commit = s.Lock.CommitOf(o.Change)
	}
	pair := [2]tree.ID{commit, root}
	if commit == "" || r.compared[pair] {
		return nil
	}
	r.compared[pair] = true
	base, err := r.upstream.Repo.At(ctx, commit)
	if err != nil {
		return ctx.Err() // the judgement of the change will report it
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
