// Package landed finds the upstream commits that contain a change. From what each change does (Work) and upstream's
// history it returns the commits that merged it and those that reverted it (Landings). A change is recognised by its
// whole diff, as `git patch-id` does, with and without rename detection.
package landed

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Find returns the upstream commits that merged a change, and those that reverted it.
//
// What was found is kept; the next time only upstream's new commits are looked at. All searches together read and
// compare so many bytes of upstream's files; what was left out then is counted in the landing.
func Find(ctx context.Context, u mainline.Upstream, work []Work, to tree.ID) (Landings, error) {
	return question{u, work, to, budget{mostRead, mostUnlikely, mostFitted, mostCompared}}.find(ctx)
}

// question is what Find is asked, and what the answer may take.
type question struct {
	upstream mainline.Upstream
	work     []Work
	to       tree.ID
	budget   budget
}

func (q question) find(ctx context.Context) (Landings, error) {
	u, to := q.upstream, q.to
	kept := loadSearches(u.Cache, u.Repo.Dir())
	var searches, open []*search
	for _, w := range q.work {
		h := newSearch(w)
		h.progress = kept.Made[h.key]
		if searches = append(searches, h); h.progress.To != to {
			open = append(open, h)
		}
	}
	if len(open) > 0 {
		if err := q.followAll(ctx, open); err != nil {
			return nil, fmt.Errorf("looking for changes that have landed: %w", err)
		}
		for _, h := range open {
			if h.progress.unread() == 0 { // else the next run begins anew, perhaps with fewer changes
				kept.Made[h.key] = h.progress
			}
		}
		kept.save()
	}
	out := Landings{}
	for _, h := range searches {
		found := h.progress.Found
		switch unread := h.progress.unread(); {
		case unread == 0:
		case h.progress.holds():
			found = slices.Clone(found)
			found[len(found)-1].Unread = unread
		default:
			found = append(slices.Clip(found), verdict.Landing{Unread: unread})
		}
		out[h.work.Sum] = append(out[h.work.Sum], found...)
	}
	return out, nil
}

// followAll brings the searches up to the commit to.
func (q question) followAll(ctx context.Context, searches []*search) error {
	line, err := readSince(ctx, q.upstream, searches, q.to)
	if err != nil {
		return err
	}
	for _, h := range searches {
		if h.work.proof != "" && len(h.progress.Found) == 0 {
			if err := h.prove(ctx, q.upstream.Repo, line); err != nil {
				return err
			}
		}
	}
	s := newSweep(mainline.NewObjects(q.upstream.Repo), line, searches)
	s.commits.budget = q.budget
	if err := s.plan(ctx); err != nil {
		return err
	}
	if err := s.run(ctx); err != nil {
		return err
	}
	for _, h := range searches {
		h.progress.To = q.to
		if err := s.settle(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// keptBlobs is how many bytes of files stay in memory from some commits to the next.
const keptBlobs = 64 << 20

// addBlobs adds the files that a commit touched, as they were before and after.
func addBlobs(blobs map[tree.ID]bool, c mainline.Commit) {
	for _, t := range c.Touched {
		blobs[t.Old.ID], blobs[t.New.ID] = t.Old.Mode != tree.Submodule, t.New.Mode != tree.Submodule
	}
}

// readSince reads the line that all searches need, and finds where each begins.
func readSince(ctx context.Context, u mainline.Upstream, searches []*search, to tree.ID) (mainline.Line, error) {
	for _, h := range searches {
		if h.progress.To == "" {
			continue
		}
		if ok, err := u.Repo.Ancestor(ctx, h.progress.To, to); err != nil {
			return nil, err
		} else if !ok {
			h.progress = progress{} // upstream was rewound
		}
	}
	oldest, err := oldest(ctx, u, searches)
	if err != nil {
		return nil, err
	}
	line, err := u.Read(ctx, oldest, to)
	for err == nil {
		again, begins := false, map[tree.ID]int{}
		for _, h := range searches {
			if len(line) == 0 {
				break
			}
			begin, known := begins[h.from()]
			if !known {
				if begin, err = line.Begin(ctx, u.Repo, h.from(), to); err != nil {
					return nil, err
				}
				begins[h.from()] = begin
			}
			h.begin = begin
			if h.begin < 0 && !again {
				again = true
				line, err = u.Read(ctx, h.from(), to)
				break
			}
		}
		if !again {
			return line, nil
		}
	}
	return nil, err
}

// oldest returns the commit from which the longest line must be read; "" means all.
func oldest(ctx context.Context, u mainline.Upstream, searches []*search) (tree.ID, error) {
	args := []string{"rev-list", "--no-walk=sorted", "--no-commit-header", "--format=%H"}
	asked := map[tree.ID]bool{}
	for _, h := range searches {
		if h.from() == "" {
			return "", nil
		}
		if !asked[h.from()] {
			asked[h.from()] = true
			args = append(args, string(h.from()))
		}
	}
	out, err := u.Repo.Run(ctx, append(args, "--")...)
	if err != nil {
		return "", err
	}
	ids := strings.Fields(string(out))
	if len(ids) == 0 {
		return "", nil
	}
	return tree.ID(ids[len(ids)-1]), nil
}
