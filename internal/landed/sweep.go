package landed

import (
	"cmp"
	"context"
	"maps"
	"math/bits"
	"slices"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// sweep goes once through a line, from its beginning, with all searches.
type sweep struct {
	commits commits
	byPaths map[string][]*search // those of the same paths
	byName  map[string][]*search // those that have a path
	touch   []int                // the commits that touch a path of a search
	same    map[int][]*search    // the searches whose paths a commit touches and no others, by its index
	reads   map[int]bool         // the commits that are read to see whether they are a change
	brought map[string]bool      // the paths whose later contents were fetched
}

func newSweep(src *mainline.Objects, line mainline.Line, searches []*search) *sweep {
	s := &sweep{
		commits: commits{src: src, line: line, sums: map[int]sums{}, ids: map[int][]string{},
			backIDs: map[int][]string{}, fitted: map[tree.ID]bool{}},
		byPaths: map[string][]*search{}, byName: map[string][]*search{}, same: map[int][]*search{},
		reads: map[int]bool{}, brought: map[string]bool{},
	}
	for _, h := range searches {
		s.byPaths[h.paths] = append(s.byPaths[h.paths], h)
		for _, name := range h.names {
			s.byName[name] = append(s.byName[name], h)
		}
	}
	for i, c := range line {
		if !slices.ContainsFunc(c.Touched, func(t mainline.Touch) bool { return s.byName[t.Path] != nil }) {
			continue
		}
		s.touch = append(s.touch, i)
		if same := s.byPaths[pathsOf(c)]; same != nil {
			s.same[i] = same
		}
	}
	return s
}

// plan chooses the commits that are read to see whether they are a change, within the budget, and counts for each
// search those that are not.
func (s *sweep) plan(ctx context.Context) error {
	sizes, err := s.commits.sizes(ctx, maps.Keys(s.same))
	if err != nil {
		return err
	}
	var all []candidate
	for i, searches := range s.same {
		one := candidate{index: i, bytes: bytesOf(s.commits.line[i], sizes)}
		for _, h := range searches {
			if i >= h.begin {
				one.weigh(h, h.chanceOf(s.commits.line[i].Touched, sizes), len(s.commits.line))
			}
		}
		if len(one.searches) > 0 {
			all = append(all, one)
		}
	}
	slices.SortFunc(all, candidate.compare)
	for _, one := range all {
		if s.reads[one.index] = s.commits.budget.reads(int(one.bytes), one.chance); s.reads[one.index] {
			continue
		}
		for _, h := range one.searches {
			h.progress.skipped++
		}
	}
	return nil
}

// candidate is a commit that touches the paths of a search.
type candidate struct {
	index    int
	bytes    int64     // of its files, before and after
	searches []*search // those whose change it may be
	chance   chance    // for the search for which it is best
	away     int       // how many commits lie between it and where such a search began, else from the newest
}

// weigh takes a search into account.
func (a *candidate) weigh(h *search, its chance, end int) {
	if its == impossible {
		return
	}
	a.searches = append(a.searches, h)
	away := end - a.index
	if h.from() != "" {
		away = a.index - h.begin
	}
	if its > a.chance {
		a.chance, a.away = its, away
	} else if its == a.chance {
		a.away = min(a.away, away)
	}
}

// compare puts first what is read first: what is likely, then what takes little, then what is near.
func (a candidate) compare(b candidate) int {
	return cmp.Or(cmp.Compare(b.chance, a.chance), cmp.Compare(bits.Len64(uint64(a.bytes)), bits.Len64(uint64(b.bytes))),
		cmp.Compare(a.away, b.away), cmp.Compare(b.index, a.index))
}

// bytesOf is how many bytes a commit's files have, before and after.
func bytesOf(c mainline.Commit, sizes map[tree.ID]int64) (n int64) {
	for _, t := range c.Touched {
		n += sizeOf(t.Old, sizes) + sizeOf(t.New, sizes)
	}
	return n
}

// sizeOf is how long the text of a version is.
func sizeOf(v mainline.Version, sizes map[tree.ID]int64) int64 {
	if v.Mode == tree.Submodule {
		return int64(len(submoduleText(v.ID)))
	}
	return sizes[v.ID]
}

// together is how many commits' files are read at once.
const together = 32

// run goes through the line.
func (s *sweep) run(ctx context.Context) error {
	for n, i := range s.touch {
		if n%together == 0 {
			if err := s.readAhead(ctx, s.touch[n:min(n+together, len(s.touch))]); err != nil {
				return err
			}
		}
		for _, t := range s.commits.line[i].Touched {
			for _, h := range s.byName[t.Path] {
				if i < h.begin || h.touched == i+1 {
					continue
				}
				h.touched = i + 1
				if err := s.step(ctx, h, i); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// alone reports whether a commit touches the paths of a search and no others.
func (s *sweep) alone(h *search, i int) bool {
	same := s.same[i]
	return len(same) > 0 && same[0].paths == h.paths
}

// step takes what a commit did into account.
func (s *sweep) step(ctx context.Context, h *search, i int) error {
	if h.progress.holds() {
		gone, err := s.takesBack(ctx, h, i)
		if gone && err == nil {
			h.progress.Found[len(h.progress.Found)-1].Undone = s.commits.line[i].By()
		}
		return err
	}
	if !s.reads[i] || !s.alone(h, i) {
		return nil
	}
	same, sure, err := h.is(ctx, &s.commits, i, false)
	if err == nil && !sure {
		h.progress.skipped++
	}
	if err == nil && same {
		h.lands(s.commits.line[i])
	}
	return err
}

// readAhead reads the files that the searches need of some commits.
func (s *sweep) readAhead(ctx context.Context, commits []int) error {
	s.commits.src.Forget(keptBlobs)
	blobs := map[tree.ID]bool{}
	holds := func(h *search) bool { return h.progress.holds() }
	for _, i := range commits {
		if s.reads[i] {
			addBlobs(blobs, s.commits.line[i])
			continue
		}
		for _, t := range s.commits.line[i].Touched {
			if s.commits.budget.fitted > 0 && t.New.Mode.IsRegular() && slices.ContainsFunc(s.byName[t.Path], holds) {
				blobs[t.New.ID] = true
			}
		}
	}
	return s.commits.src.ReadBlobs(ctx, blobs)
}

// bring has the files fetched at once that come to the paths of a search after a commit.
func (s *sweep) bring(ctx context.Context, h *search, after int) error {
	if s.brought[h.paths] {
		return nil
	}
	s.brought[h.paths] = true
	blobs := map[tree.ID]bool{}
	n, _ := slices.BinarySearch(s.touch, after+1)
	for _, i := range s.touch[n:] {
		for _, t := range s.commits.line[i].Touched {
			if t.New.Mode.IsRegular() && h.named[t.Path] {
				blobs[t.New.ID] = true
			}
		}
	}
	return s.commits.src.Bring(ctx, blobs)
}
