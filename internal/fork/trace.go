package fork

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sync"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/tree"
)

// Delta is a path that differs between the fork's base and its tip. From is the path in upstream of a file that the
// fork renamed, otherwise "".
type Delta struct {
	Path, From string
	Old, New   File
}

// lineSpan is a run of lines that one unit removed and added: [a0, a1) of the old file, [b0, b1) of the new one.
// Spans are sorted; those that replace the same old lines have the same a0.
type lineSpan struct {
	diffBlock
	unit int
	via  map[int]bool // by commit: merges that wrote some of its lines

	topic     *Topic
	removedBy *Topic // the topic that removes its old lines
}

// changedPath is one path of the difference.
type changedPath struct {
	Delta
	old, fresh []byte
	spans      []lineSpan // of a text that both sides have
	whole      bool       // the file goes to one topic: it is added or removed, a binary, or a change of mode
	unit       int        // of a whole part whose lines cannot be traced (binary, mode)
	shares     map[int]int
	class      string
	lost       error // its content cannot be read, or a change must not touch it
	topic      *Topic
	moved      bool
}

// lines returns the number of lines that differ; at least 1, and 1 for a binary.
func (p *changedPath) lines() int {
	n := 0
	for _, s := range p.spans {
		n += s.a1 - s.a0 + s.b1 - s.b0
	}
	if n > 0 {
		return n
	}
	if diff.IsBinary(p.old) || diff.IsBinary(p.fresh) {
		return 1
	}
	return max(1, len(lines(p.old))+len(lines(p.fresh)))
}

// Fork is the input of Trace and Topics.
type Fork struct {
	Commits []Commit // its own, parents before children
	Known   Known
	Deltas  []Delta                            // from its base to its tip
	Refuse  func(d Delta, target string) error // why no change may write this file (or link to target), or nil

	// Pulls asks the fork's repository for its pull requests, and returns Known.Pull; nil: it is not asked.
	Pulls func(context.Context) (func(id tree.ID, signature string) string, error)
}

// Topics traces a fork and makes topics of its difference. Only where that leaves a large one that no merge of a pull
// request explains are the pull requests asked for, and all is done once more.
func Topics(ctx context.Context, f Fork, blobs blobSource) (*Traced, []*Topic, error) {
	for {
		traced, err := Trace(ctx, f, blobs)
		if err != nil {
			return nil, nil, err
		}
		topics := traced.Topics(DefaultLimits)
		unclaimed := slices.ContainsFunc(topics, func(t *Topic) bool { return t.unclaimed })
		if f.Pulls == nil || f.Known.Pull != nil || !unclaimed {
			return traced, topics, nil
		}
		if f.Known.Pull, err = f.Pulls(ctx); err != nil {
			return nil, nil, err
		}
	}
}

// Traced is a fork's difference, with the author of each line.
type Traced struct {
	h      *history
	parts  []*changedPath
	rework map[[2]int]int // lines of the second unit that the first one replaced
}

// Trace finds the commit that wrote each line of the difference.
func Trace(ctx context.Context, f Fork, blobs blobSource) (*Traced, error) {
	h := readHistory(f.Commits, f.Known)
	out := &Traced{h: h, rework: map[[2]int]int{}}
	t := &lineTracer{h: h, events: events(h), blobs: blobs}
	t.additions = additions(h, t.events)
	for _, d := range f.Deltas {
		out.parts = append(out.parts, &changedPath{Delta: d, unit: none, shares: map[int]int{}})
	}
	if a, ok := blobs.(ahead); ok {
		if err := a.Ahead(ctx, t.needed(out.parts)); err != nil {
			return nil, err
		}
	}
	if err := out.load(ctx, blobs); err != nil {
		return nil, err
	}
	for _, p := range out.parts {
		if f.Refuse != nil && p.lost == nil {
			p.lost = f.Refuse(p.Delta, string(p.fresh))
		}
	}
	var mu sync.Mutex
	var wait goroutine.All
	var failed error
	next := make(chan *changedPath)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for p := range next {
				one, err := out.trace(ctx, t, p)
				mu.Lock()
				failed = errors.Join(failed, err)
				if one != nil {
					for pair, n := range one.rework {
						a, b := h.unit[pair[0]-1], h.unit[pair[1]-1]
						if a != b {
							out.rework[[2]int{a, b}] += n
						}
					}
				}
				mu.Unlock()
			}
		})
	}
	for _, p := range out.parts {
		next <- p
	}
	close(next)
	wait.Wait()
	return out, failed
}

// ahead is an optional method of a blobSource: it prefetches blobs that will be read later.
type ahead interface {
	Ahead(ctx context.Context, ids []tree.ID) error
}

// needed returns the ids of all versions that lead to the parts.
func (t *lineTracer) needed(parts []*changedPath) []tree.ID {
	var todo []blobKey
	for _, p := range parts {
		todo = append(todo, blobKey{p.Path, p.New.ID}, blobKey{p.Path, p.Old.ID})
	}
	seen := map[blobKey]bool{}
	var out []tree.ID
	for len(todo) > 0 {
		k := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if k.id == "" || seen[k] {
			continue
		}
		seen[k] = true
		out = append(out, k.id)
		todo = append(todo, t.events[k].olds...)
		if made := t.additions[k.path]; slices.Contains(made, k) {
			todo = append(todo, made...)
		}
	}
	return out
}

// load reads both sides of the difference. A blob that is not found sets the part's lost.
func (t *Traced) load(ctx context.Context, blobs blobSource) error {
	var ids []tree.ID
	for _, p := range t.parts {
		for _, f := range []File{p.Old, p.New} {
			if f.ID != "" && f.Mode != tree.Submodule {
				ids = append(ids, f.ID)
			}
		}
	}
	got, err := blobs.Blobs(ctx, ids)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, p := range t.parts {
		for _, side := range []struct {
			f    File
			data *[]byte
		}{{p.Old, &p.old}, {p.New, &p.fresh}} {
			data, ok := got[side.f.ID]
			if !ok && side.f.ID != "" && side.f.Mode != tree.Submodule && p.Old.ID != p.New.ID {
				p.lost = fmt.Errorf("reading %s: blob %s is not found", p.Path, side.f.ID)
			}
			*side.data = data
		}
	}
	return nil
}

// trace finds the authors of one path's lines, and sets the part's units and spans.
func (t *Traced) trace(ctx context.Context, tr *lineTracer, p *changedPath) (*fileTrace, error) {
	if p.lost != nil {
		return nil, nil
	}
	if p.New.ID == "" {
		p.whole, p.unit = true, t.removerUnit(p.Path)
		return nil, nil
	}
	k := blobKey{p.Path, p.New.ID}
	text := p.New.Mode.IsRegular() && (p.Old.ID == "" || p.Old.Mode.IsRegular()) &&
		!diff.IsBinary(p.fresh) && !diff.IsBinary(p.old)
	if p.Old.ID == p.New.ID || !text {
		p.whole, p.unit = true, t.makerUnit(p.Path, p.New)
		return nil, nil
	}
	found, owners, err := tr.path(ctx, k)
	if err != nil {
		return nil, err
	}
	if owners == nil {
		owners = make([]owner, len(lines(p.fresh)))
	}
	if p.Old.ID == "" {
		p.whole = true
		for _, o := range owners {
			if o.by != 0 {
				p.shares[t.h.unit[o.by-1]]++
			}
		}
		p.unit = t.makerUnit(p.Path, p.New)
		return found, nil
	}
	t.spans(p, owners, found.removed)
	return found, nil
}

// makerUnit returns the last unit that gave a path this content and mode, or none.
func (t *Traced) makerUnit(name string, f File) int {
	return t.lastUnit(name, func(r Row) bool { return r.added == f })
}

// removerUnit returns the last unit that removed a path, or none.
func (t *Traced) removerUnit(name string) int {
	return t.lastUnit(name, func(r Row) bool { return r.added.ID == "" })
}

// lastUnit returns the unit of the newest commit with a matching row for a path, or none.
func (t *Traced) lastUnit(name string, is func(Row) bool) int {
	touched := t.h.paths[name]
	for i := len(touched) - 1; i >= 0; i-- {
		c := t.h.commits[touched[i]]
		for _, row := range c.Rows {
			if row.Path == name && is(row) {
				return t.h.unit[touched[i]]
			}
		}
	}
	return none
}
