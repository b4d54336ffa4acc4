package fork

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

// firsts lists by path what commits made where nothing was, the oldest first.
func firsts(h *history, events map[key]event) map[string][]key {
	out := map[string][]key{}
	for k, e := range events {
		if e.commit >= 0 && len(e.olds) == 1 && e.olds[0].id == "" {
			out[k.path] = append(out[k.path], k)
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b key) int {
			x, y := events[a].commit, events[b].commit
			return cmp.Or(cmp.Compare(h.commits[x].date, h.commits[y].date), cmp.Compare(x, y))
		})
	}
	return out
}

// again finds the file that an older commit made at the same path, on another branch or before it was removed: who
// brings a file that is there already did not write it. Half of the shorter one's lines have to be the same.
func (t *traced) again(ctx context.Context, k key) (key, bool) {
	for _, first := range t.tracer.made[k.path] {
		if first == k {
			break // what follows is younger
		}
		got, err := t.tracer.blobs.Blobs(ctx, []tree.ID{first.id})
		if err != nil || diff.IsBinary(got[first.id]) || diff.IsBinary(t.content[k.id]) {
			continue
		}
		n, a, b := 0, len(lines(got[first.id])), len(lines(t.content[k.id]))
		for _, at := range match(blocks(got[first.id], t.content[k.id]), b) {
			if at >= 0 {
				n++
			}
		}
		if n > 0 && 2*n >= min(a, b) {
			return t.link(k, first), true
		}
	}
	return key{}, false
}

// copied gives the lines of a file that has much of an older one twice to who wrote them first.
func (t *traced) copied(old key, differences []block, data []byte, out []owner, known []bool) {
	const much = 20 // lines
	fresh, before := lines(data), t.notes[old]
	for _, b := range differences {
		if b.b1-b.b0 < much {
			continue
		}
		text := bytes.Join(fresh[b.b0:b.b1], nil)
		for i, at := range match(blocks(t.content[old.id], text), b.b1-b.b0) {
			if at >= 0 && at < len(before) && before[at].by != 0 {
				out[b.b0+i], known[b.b0+i] = before[at], true
			}
		}
	}
}
