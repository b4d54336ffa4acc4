package history

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/tree"
)

// Landed finds the upstream commits that took a change in, and those that took it back. A commit took a change in when
// both are the same diff: the change as a whole, not its commits one by one, at any time since its base, for at the
// tip the code has long moved on. It was taken back by a later commit that is the same diff the other way round, that
// puts the files back as they stood before, or after which the change can be made again where it was first made while
// its lines did not just move elsewhere.
//
// What was found is kept; the next time only upstream's new commits are looked at.
func (u Upstream) Landed(ctx context.Context, work []Work, to tree.ID) (Landings, error) {
	kept := loadSearches(u.Cache, u.Repo.Dir())
	var hunts, open []*hunt
	for _, w := range work {
		h := newHunt(w)
		h.search = kept.Made[h.key]
		if hunts = append(hunts, h); h.To != to {
			open = append(open, h)
		}
	}
	if len(open) > 0 {
		if err := u.followAll(ctx, open, to); err != nil {
			return nil, fmt.Errorf("looking for changes that have landed: %w", err)
		}
		for _, h := range open {
			kept.Made[h.key] = h.search
		}
		kept.save()
	}
	out := Landings{}
	for _, h := range hunts {
		out[h.Sum] = append(out[h.Sum], h.Found...)
	}
	return out, nil
}

// search is how far a change was looked for, and what was found.
type search struct {
	To    tree.ID
	Found []apply.Landing `json:",omitempty"`
	Now   files           `json:",omitempty"` // what stands at its paths
	Was   files           `json:",omitempty"` // what stood there before it landed
}

// holds says that upstream contains the change at To.
func (s *search) holds() bool { return len(s.Found) > 0 && s.Found[len(s.Found)-1].Holds() }

// followAll brings the hunts up to the commit to.
func (u Upstream) followAll(ctx context.Context, hunts []*hunt, to tree.ID) error {
	line, err := u.readSince(ctx, hunts, to)
	if err != nil {
		return err
	}
	src := newObjects(u.Repo)
	byPaths := map[string][]*hunt{}
	for _, h := range hunts {
		byPaths[h.paths] = append(byPaths[h.paths], h)
	}
	blobs := map[tree.ID]bool{}
	for i, c := range line {
		for _, h := range byPaths[c.paths()] {
			if i >= h.begin {
				h.candidates = append(h.candidates, i)
				for _, t := range c.Touched {
					blobs[t.Old.ID], blobs[t.New.ID] = t.Old.Mode != tree.Submodule, t.New.Mode != tree.Submodule
				}
			}
		}
	}
	if err := src.readBlobs(ctx, blobs); err != nil {
		return err
	}
	for _, h := range hunts {
		if err := h.follow(ctx, u.Repo, src, line); err != nil {
			return err
		}
		h.To = to
	}
	return nil
}

// readSince reads the line that all hunts need, and finds where each begins.
func (u Upstream) readSince(ctx context.Context, hunts []*hunt, to tree.ID) (Mainline, error) {
	for _, h := range hunts {
		if h.To == "" {
			continue
		}
		if ok, err := u.Repo.Ancestor(ctx, h.To, to); err != nil {
			return nil, err
		} else if !ok {
			h.search = search{} // upstream was rewound
		}
	}
	oldest, err := u.oldest(ctx, hunts)
	if err != nil {
		return nil, err
	}
	line, err := Upstream{Repo: u.Repo}.Read(ctx, oldest, to)
	for err == nil {
		again := false
		for _, h := range hunts {
			if len(line) == 0 {
				break
			}
			if h.begin, err = line.begin(ctx, u.Repo, h.from(), to); err != nil {
				return nil, err
			}
			if h.begin < 0 && !again {
				again = true
				line, err = Upstream{Repo: u.Repo}.Read(ctx, h.from(), to)
				break
			}
		}
		if !again {
			return line, nil
		}
	}
	return nil, err
}

// oldest is the commit from which the longest line must be read, "" for all.
func (u Upstream) oldest(ctx context.Context, hunts []*hunt) (tree.ID, error) {
	args := []string{"rev-list", "--no-walk=sorted", "--no-commit-header", "--format=%H"}
	for _, h := range hunts {
		if h.from() == "" {
			return "", nil
		}
		args = append(args, string(h.from()))
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

// paths are the paths that a commit touched, as one text.
func (c Commit) paths() string {
	all := make([]string, len(c.Touched))
	for i, t := range c.Touched {
		all[i] = t.Path
	}
	slices.Sort(all)
	return strings.Join(all, "\x00")
}
