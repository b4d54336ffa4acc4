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

// blobSource reads many files at once. What cannot be read is left out, with an error that wraps fs.ErrNotExist.
type blobSource interface {
	Blobs(ctx context.Context, ids []tree.ID) (map[tree.ID][]byte, error)
}

// key is one content of one path.
type key struct {
	path string
	id   tree.ID
}

// event is how a content came to be: by a commit, out of its parents' contents. That of upstream has commit -1.
type event struct {
	commit int32
	olds   []key
}

// owner is the commit that a line comes from: an index into the history plus one, 0 for upstream. Via is the merge that
// wrote the line in place of the commit's, likewise.
type owner struct{ by, via int32 }

// events finds where each content of each path came from first. A content that a parent already has when a commit
// changes it, and that no commit made, is upstream's.
func events(h *history) map[key]event {
	out := map[key]event{}
	for i, c := range h.commits {
		for _, row := range c.Rows {
			e := event{commit: int32(i)}
			for _, old := range row.Old {
				k := key{row.Path, old.ID}
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
			k := key{row.Path, row.added.ID}
			if _, known := out[k]; !known {
				out[k] = e
			}
		}
	}
	return out
}

// tracer finds the owners of lines.
type tracer struct {
	h      *history
	events map[key]event
	made   map[string][]key // by path: what commits made where nothing was, the oldest first
	blobs  blobSource
}

// traced is what tracing one path found.
type traced struct {
	content map[tree.ID][]byte
	notes   map[key][]owner
	rework  map[[2]int32]int // lines that the first commit took away from the second
	renamed map[key]key
	removed map[uint64]int32 // by a line of upstream's, the last commit that took it away
	tracer  *tracer
}

var seed = maphash.MakeSeed()

func hashLine(line []byte) uint64 { return maphash.Bytes(seed, bytes.TrimSpace(line)) }

// path traces the content of a path back to where its lines come from.
func (t *tracer) path(ctx context.Context, k key) (*traced, []owner, error) {
	out := &traced{
		tracer: t, content: map[tree.ID][]byte{}, notes: map[key][]owner{},
		rework: map[[2]int32]int{}, renamed: map[key]key{}, removed: map[uint64]int32{},
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

// load reads all contents that lead to k, and gives them oldest first.
func (t *traced) load(ctx context.Context, k key) ([]key, error) {
	var order []key
	seen := map[key]bool{}
	for todo := []key{k}; len(todo) > 0; {
		var ids []tree.ID
		var found []key
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
		for _, one := range found { // a file that was moved has more past
			if from, ok := t.moved(ctx, one); ok {
				todo = append(todo, from)
			}
		}
	}
	return t.sort(k, order), nil
}

// moved finds the file that a commit moved to where it made one, and remembers it as what the content came from.
func (t *traced) moved(ctx context.Context, k key) (key, bool) {
	e := t.tracer.events[k]
	if e.commit < 0 || len(e.olds) != 1 || e.olds[0].id != "" {
		return key{}, false
	}
	const near = 12 // more removed files than that are not compared
	var candidates []key
	for _, row := range t.tracer.h.commits[e.commit].Rows {
		if row.added.ID != "" || len(row.Old) != 1 {
			continue
		}
		from := key{row.Path, row.Old[0].ID}
		if from.id == k.id {
			return t.link(k, from), true
		}
		if path.Ext(from.path) == path.Ext(k.path) {
			candidates = append(candidates, from)
		}
	}
	best, most := key{}, 0
	if len(candidates) > near {
		var same []key
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
		return t.again(ctx, k)
	}
	return t.link(k, best), true
}

// link remembers that a commit made a content out of another path's.
func (t *traced) link(k, from key) key {
	t.renamed[k] = from
	return from
}

// event is how a content came to be, moves included.
func (t *traced) event(k key) event {
	e := t.tracer.events[k]
	if from, ok := t.renamed[k]; ok {
		e.olds = []key{from}
	}
	return e
}

// sort puts contents in the order of the commits that made them.
func (t *traced) sort(k key, all []key) []key {
	var out []key
	state := map[key]bool{}
	type frame struct {
		k    key
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

// note gives each line of a content its owner.
func (t *traced) note(k key) []owner {
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
	differences := make([][]block, len(e.olds))
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
			// What upstream has is upstream's, whoever else has it.
			if !known[i] || before[at].by == 0 {
				out[i], known[i] = before[at], true
			}
		}
	}
	if _, linked := t.renamed[k]; linked {
		t.copied(e.olds[0], differences[0], data, out, known)
	}
	for i := range out {
		if !known[i] {
			out[i] = owner{by: me}
		}
	}
	for p, old := range e.olds {
		if len(differences[p]) > 0 {
			r := replacing{t: t, old: lines(t.content[old.id]), before: t.notes[old], after: out, known: known}
			r.me, r.merge = me, merge
			r.all(differences[p])
		}
	}
	return out
}
