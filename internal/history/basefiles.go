package history

import (
	"context"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// mostBaseFiles limits how many files of bases are fetched together; the others are fetched when they are read.
const mostBaseFiles = 50_000

// bringBases fetches, in one batch, what judging a series with new bases reads: the files of the changes at these
// commits, and the files that upstream has added since, among which a file that is gone is looked for. What cannot be
// fetched is reported where it is needed.
func (r *reader) bringBases(
	ctx context.Context, s Settings, result *verdict.Result, found map[string]apply.FoundBase,
) error {
	if !r.upstream.Repo.Partial() {
		return nil
	}
	paths, err := pathsAtBases(ctx, s, found)
	if err != nil {
		return err
	}
	missing, err := r.upstream.Repo.MissingFiles(ctx, paths)
	if err != nil {
		return err
	}
	want := map[tree.ID]bool{}
	for _, id := range missing {
		want[id] = true
	}
	pinned, err := r.upstream.Repo.At(ctx, r.pin)
	if err != nil {
		return err
	}
	for _, o := range result.Outcomes {
		one, ok := found[o.Change.Sum]
		if !ok || o.Verdict != verdict.Gone {
			continue
		}
		base, err := r.upstream.Repo.At(ctx, one.Commit)
		if err != nil {
			return err
		}
		ids, err := r.memo.Arrived(ctx, base, pinned)
		if err != nil {
			return err
		}
		for _, id := range ids {
			want[id] = true
		}
	}
	return r.bringMost(ctx, want)
}

// pathsAtBases returns, by commit, the files that are read where parts of a series are replayed at their bases.
func pathsAtBases(ctx context.Context, s Settings, found map[string]apply.FoundBase) (map[tree.ID][]string, error) {
	type place struct {
		commit tree.ID
		path   string
	}
	ofPart, done, seen := map[*series.Series][]string{}, map[apply.FoundBase]bool{}, map[place]bool{}
	out := map[tree.ID][]string{}
	for _, one := range found {
		if done[one] {
			continue
		}
		done[one] = true
		named, known := ofPart[one.Part]
		if !known {
			for _, c := range one.Part.Changes {
				if c.Refused != nil {
					continue
				}
				some, err := apply.Paths(ctx, c, s.Sources)
				if err != nil {
					return nil, err
				}
				named = append(named, some...)
			}
			ofPart[one.Part] = named
		}
		for _, path := range named {
			if at := (place{one.Commit, path}); !seen[at] && len(seen) < mostBaseFiles {
				seen[at] = true
				out[one.Commit] = append(out[one.Commit], path)
			}
		}
	}
	return out, nil
}
