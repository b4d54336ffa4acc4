package patch

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

// Two files are one that was renamed when half of the larger one is in both; a namesake that is the only one needs
// three quarters, but then no other is looked at. So does git (diffcore-rename.c).
const (
	alike    = 0.5
	namesake = 0.75
)

// source is a file that is not there any more.
type source struct {
	path string
	id   tree.ID
	data []byte
}

// renames pairs files that deltas remove with files that they add.
func renames(ctx context.Context, base, head *tree.Tree, deltas []tree.Delta) ([]Move, error) {
	var gone []tree.Delta
	var added []tree.Delta
	for _, d := range deltas {
		switch {
		case d.New.ID == "" && d.Old.Mode.IsRegular():
			gone = append(gone, d)
		case d.Old.ID == "" && d.New.Mode.IsRegular():
			added = append(added, d)
		}
	}
	if len(gone) == 0 || len(added) == 0 {
		return nil, nil
	}
	var from []source
	for _, d := range gone {
		data, err := base.Blob(ctx, d.Old.ID)
		if err != nil {
			return nil, err
		}
		from = append(from, source{d.Path, d.Old.ID, data})
	}
	return pair(ctx, from, head, added)
}

// pair finds for each source the added file that it became: the same content first, then the only namesake, then the
// most alike.
func pair(ctx context.Context, from []source, t *tree.Tree, added []tree.Delta) ([]Move, error) {
	p := &pairing{t: t, used: map[string]bool{}, spans: map[tree.ID]spans{}}
	from = slices.DeleteFunc(slices.Clone(from), func(s source) bool { return len(s.data) == 0 })
	from = p.exact(from, added)
	if len(from) == 0 {
		return p.moves, nil
	}
	var ids []tree.ID
	for _, d := range added {
		ids = append(ids, d.New.ID)
	}
	var err error
	if p.sizes, err = t.Sizes(ctx, ids); err != nil {
		return nil, err
	}
	if from, err = p.namesakes(ctx, from, added); err == nil {
		err = p.alike(ctx, from, added)
	}
	slices.SortFunc(p.moves, func(a, b Move) int { return cmp.Compare(a.From, b.From) })
	return p.moves, err
}

type pairing struct {
	t     *tree.Tree
	used  map[string]bool // added files that are taken
	sizes map[tree.ID]int64
	spans map[tree.ID]spans
	moves []Move
}

func (p *pairing) take(s source, to string, score float64) {
	p.moves, p.used[to] = append(p.moves, Move{s.path, to, score}), true
}

// exact takes files with the same content, a namesake before others, and gives the sources that are left.
func (p *pairing) exact(from []source, added []tree.Delta) (left []source) {
	for _, s := range from {
		to := ""
		for _, d := range added {
			if d.New.ID != s.id || p.used[d.Path] {
				continue
			}
			if to == "" || path.Base(d.Path) == path.Base(s.path) && path.Base(to) != path.Base(s.path) {
				to = d.Path
			}
		}
		if to == "" {
			left = append(left, s)
			continue
		}
		p.take(s, to, 1)
	}
	return left
}

// namesakes takes files whose name is the only one of its kind on both sides.
func (p *pairing) namesakes(ctx context.Context, from []source, added []tree.Delta) (left []source, err error) {
	count := map[string]int{}
	for _, s := range from {
		count[path.Base(s.path)]++
	}
	only := map[string]*tree.Delta{}
	for i, d := range added {
		if name := path.Base(d.Path); !p.used[d.Path] {
			if _, twice := only[name]; twice {
				only[name] = nil
			} else {
				only[name] = &added[i]
			}
		}
	}
	for _, s := range from {
		name := path.Base(s.path)
		if d := only[name]; d != nil && count[name] == 1 {
			score, err := p.score(ctx, s, *d, namesake)
			if err != nil {
				return nil, err
			}
			if score >= namesake {
				p.take(s, d.Path, score)
				continue
			}
		}
		left = append(left, s)
	}
	return left, nil
}

// alike takes the pairs that have most in common, the best first.
func (p *pairing) alike(ctx context.Context, from []source, added []tree.Delta) error {
	type candidate struct {
		s     source
		to    string
		score float64
		named bool
	}
	var all []candidate
	for _, s := range from {
		for _, d := range added {
			if p.used[d.Path] {
				continue
			}
			score, err := p.score(ctx, s, d, alike)
			if err != nil {
				return err
			}
			if score >= alike {
				all = append(all, candidate{s, d.Path, score, path.Base(d.Path) == path.Base(s.path)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		if a.score != b.score {
			return cmp.Compare(b.score, a.score)
		}
		return cmp.Compare(map[bool]int{true: 0, false: 1}[a.named], map[bool]int{true: 0, false: 1}[b.named])
	})
	done := map[string]bool{}
	for _, c := range all {
		if !done[c.s.path] && !p.used[c.to] {
			done[c.s.path] = true
			p.take(c.s, c.to, c.score)
		}
	}
	return nil
}

// score is the part of the larger file that is in both, from 0 to 1; 0 where the sizes alone keep it below least.
func (p *pairing) score(ctx context.Context, s source, d tree.Delta, least float64) (float64, error) {
	a, b := int64(len(s.data)), p.sizes[d.New.ID]
	if float64(min(a, b)) < least*float64(max(a, b)) || b == 0 {
		return 0, nil
	}
	data, err := p.t.Blob(ctx, d.New.ID)
	if err != nil {
		return 0, err
	}
	left, right := p.of(s.id, s.data), p.of(d.New.ID, data)
	copied := 0
	for text, n := range left {
		copied += min(n, right[text])
	}
	return float64(copied) / float64(max(a, b)), nil
}

// spans counts bytes by the piece of text that they are in: a line, cut every 64 bytes.
type spans map[string]int

func (p *pairing) of(id tree.ID, data []byte) spans {
	if s, ok := p.spans[id]; ok {
		return s
	}
	out := make(spans, len(data)/32)
	text := !diff.IsBinary(data)
	for len(data) > 0 {
		n := min(64, len(data))
		if i := bytes.IndexByte(data[:n], '\n'); i >= 0 {
			n = i + 1
		}
		piece := data[:n]
		if text && bytes.HasSuffix(piece, []byte("\r\n")) {
			piece = append(bytes.Clone(piece[:n-2]), '\n')
		}
		out[string(piece)] += len(piece)
		data = data[n:]
	}
	p.spans[id] = out
	return out
}
