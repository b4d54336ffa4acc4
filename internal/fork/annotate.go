package fork

import (
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"io/fs"
	"path"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

// blobSource reads many files at once. It leaves out what it cannot read, and then returns an error that wraps
// fs.ErrNotExist as well.
type blobSource interface {
	Blobs(ctx context.Context, ids []tree.ID) (map[tree.ID][]byte, error)
}

// blobKey is one version of a file: a path and a blob there.
type blobKey struct {
	path string
	id   tree.ID
}

// event is how a version of a file came to be: the commit that wrote it (an index into the history, -1 for upstream),
// and the versions that the commit's parents have.
type event struct {
	commit int32
	olds   []blobKey
}

// owner is the commit that wrote a line: its index in the history plus one, 0 for upstream. Via is the merge commit
// whose conflict resolution wrote the line, counted likewise; such a line belongs to the commit that it replaced.
type owner struct{ by, via int32 }

// events returns, for each version of each file, the first commit that wrote it. A version that a commit's parent
// has, and that no commit of the fork wrote, is upstream's.
func events(h *history) map[blobKey]event {
	out := map[blobKey]event{}
	for i, c := range h.commits {
		for _, row := range c.Rows {
			e := event{commit: int32(i)}
			for _, old := range row.Old {
				k := blobKey{row.Path, old.ID}
				if old.ID != "" {
					if _, known := out[k]; !known {
						out[k] = event{commit: -1}
					}
				}
				e.olds = append(e.olds, k)
			}
			if row.added.ID == "" {
				continue
			}
			k := blobKey{row.Path, row.added.ID}
			if _, known := out[k]; !known {
				out[k] = e
			}
		}
	}
	return out
}

// lineTracer finds the commit that wrote each line, over all files of a fork.
type lineTracer struct {
	h         *history
	events    map[blobKey]event
	additions map[string][]blobKey // by path: the versions that commits added where no file was, the oldest first
	blobs     blobSource
}

// fileTrace is the result for one path.
type fileTrace struct {
	content map[tree.ID][]byte
	notes   map[blobKey][]owner
	rework  map[[2]int32]int // lines of the second commit that the first one removed
	renamed map[blobKey]blobKey
	removed map[uint64]int32 // by the hash of a line of upstream's: the last commit that removed it
	tracer  *lineTracer
}

var seed = maphash.MakeSeed()

func hashLine(line []byte) uint64 { return maphash.Bytes(seed, bytes.TrimSpace(line)) }

// path returns the owner of each line of one version of a file.
func (t *lineTracer) path(ctx context.Context, k blobKey) (*fileTrace, []owner, error) {
	out := &fileTrace{
		tracer: t, content: map[tree.ID][]byte{}, notes: map[blobKey][]owner{},
		rework: map[[2]int32]int{}, renamed: map[blobKey]blobKey{}, removed: map[uint64]int32{},
	}
	if _, known := t.events[k]; !known {
		return out, nil, nil
	}
	order, err := out.load(ctx, k)
	if err != nil {
		return nil, nil, err
	}
	for _, one := range order {
		out.notes[one] = out.note(one)
	}
	return out, out.notes[k], nil
}

// load reads all versions that lead to k, and returns them with each version behind the ones that it was made from.
func (t *fileTrace) load(ctx context.Context, k blobKey) ([]blobKey, error) {
	var order []blobKey
	seen := map[blobKey]bool{}
	for todo := []blobKey{k}; len(todo) > 0; {
		var ids []tree.ID
		var found []blobKey
		for len(todo) > 0 {
			one := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if one.id == "" || seen[one] {
				continue
			}
			seen[one] = true
			found = append(found, one)
			if _, have := t.content[one.id]; !have {
				ids = append(ids, one.id)
				t.content[one.id] = nil
			}
			todo = append(todo, t.tracer.events[one].olds...)
		}
		got, err := t.tracer.blobs.Blobs(ctx, ids)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for id, data := range got {
			t.content[id] = data
		}
		order = append(order, found...)
		for _, one := range found { // the versions of a renamed file go on at its old path
			if from, ok := t.moved(ctx, one); ok {
				todo = append(todo, from)
			}
		}
	}
	return t.sort(k, order), nil
}

// moved finds the file that a commit renamed to k, and records it as the version that k was made from. Without a
// rename, it looks for a file that the fork had at this path before.
func (t *fileTrace) moved(ctx context.Context, k blobKey) (blobKey, bool) {
	e := t.tracer.events[k]
	if e.commit < 0 || len(e.olds) != 1 || e.olds[0].id != "" {
		return blobKey{}, false
	}
	const near = 12 // with more removed files than this, only those with the same base name are compared
	var candidates []blobKey
	for _, row := range t.tracer.h.commits[e.commit].Rows {
		if row.added.ID != "" || len(row.Old) != 1 {
			continue
		}
		from := blobKey{row.Path, row.Old[0].ID}
		if from.id == k.id {
			return t.link(k, from), true
		}
		if path.Ext(from.path) == path.Ext(k.path) {
			candidates = append(candidates, from)
		}
	}
	best, most := blobKey{}, 0
	if len(candidates) > near {
		var same []blobKey
		for _, c := range candidates {
			if path.Base(c.path) == path.Base(k.path) {
				same = append(same, c)
			}
		}
		candidates = same[:min(len(same), near)]
	}
	for _, c := range candidates {
		got, err := t.tracer.blobs.Blobs(ctx, []tree.ID{c.id})
		if err != nil {
			continue
		}
		a, b := lines(got[c.id]), lines(t.content[k.id])
		pairs := match(blocks(got[c.id], t.content[k.id]), len(b))
		n := 0
		for _, at := range pairs {
			if at >= 0 {
				n++
			}
		}
		if 2*n >= max(len(a), len(b)) && n > most {
			best, most = c, n
		}
	}
	if most == 0 {
		return t.addedBefore(ctx, k)
	}
	return t.link(k, best), true
}

// link records that a commit made the version k from a version at another path, and returns the latter.
func (t *fileTrace) link(k, from blobKey) blobKey {
	t.renamed[k] = from
	return from
}

// event returns how a version came to be, renames included.
func (t *fileTrace) event(k blobKey) event {
	e := t.tracer.events[k]
	if from, ok := t.renamed[k]; ok {
		e.olds = []blobKey{from}
	}
	return e
}

// sort returns the versions that lead to k, each behind the ones that it was made from.
func (t *fileTrace) sort(k blobKey, all []blobKey) []blobKey {
	var out []blobKey
	state := map[blobKey]bool{}
	type frame struct {
		k    blobKey
		next int
	}
	stack := []frame{{k: k}}
	state[k] = true
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		olds := t.event(top.k).olds
		if top.next < len(olds) {
			old := olds[top.next]
			top.next++
			if old.id != "" && !state[old] {
				state[old] = true
				stack = append(stack, frame{k: old})
			}
			continue
		}
		out = append(out, top.k)
		stack = stack[:len(stack)-1]
	}
	return out
}

// note returns the owner of each line of one version; the versions that it was made from have theirs already.
func (t *fileTrace) note(k blobKey) []owner {
	e := t.event(k)
	data := t.content[k.id]
	n := len(lines(data))
	out := make([]owner, n)
	if e.commit < 0 || diff.IsBinary(data) {
		return out
	}
	me := e.commit + 1
	known := make([]bool, n)
	merge := len(e.olds) > 1
	differences := make([][]diffBlock, len(e.olds))
	for p, old := range e.olds {
		if old.id == "" || diff.IsBinary(t.content[old.id]) {
			continue
		}
		before := t.notes[old]
		differences[p] = blocks(t.content[old.id], data)
		for i, at := range match(differences[p], n) {
			if at < 0 || at >= len(before) {
				continue
			}
			// A line that upstream has is upstream's, even if a commit of the fork wrote the same line.
			if !known[i] || before[at].by == 0 {
				out[i], known[i] = before[at], true
			}
		}
	}
	if _, linked := t.renamed[k]; linked {
		t.copiedBlocks(e.olds[0], differences[0], data, out, known)
	}
	for i := range out {
		if !known[i] {
			out[i] = owner{by: me}
		}
	}
	for p, old := range e.olds {
		if len(differences[p]) > 0 {
			r := reworkCounter{t: t, old: lines(t.content[old.id]), before: t.notes[old], after: out, known: known}
			r.me, r.merge = me, merge
			r.all(differences[p])
		}
	}
	return out
}
