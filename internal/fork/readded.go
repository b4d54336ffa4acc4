package fork

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

// additions returns, by path, the versions that commits added where no file was, the oldest first.
func additions(h *history, events map[blobKey]event) map[string][]blobKey {
	out := map[string][]blobKey{}
	for k, e := range events {
		if e.commit >= 0 && len(e.olds) == 1 && e.olds[0].id == "" {
			out[k.path] = append(out[k.path], k)
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b blobKey) int {
			x, y := events[a].commit, events[b].commit
			return cmp.Or(cmp.Compare(h.commits[x].date, h.commits[y].date), cmp.Compare(x, y))
		})
	}
	return out
}

// addedBefore returns the version that an older commit added at the same path (on another branch, or before the file
// was removed). If at least half of the lines of the shorter version match, the older commit counts as their author.
func (t *fileTrace) addedBefore(ctx context.Context, k blobKey) (blobKey, bool) {
	for _, first := range t.tracer.additions[k.path] {
		if first == k {
			break // the following ones are younger
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
	return blobKey{}, false
}

// copiedBlocks attributes blocks of 20 or more lines, which a commit copied within a file, to the first author of the
// lines.
func (t *fileTrace) copiedBlocks(old blobKey, differences []diffBlock, data []byte, out []owner, known []bool) {
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
