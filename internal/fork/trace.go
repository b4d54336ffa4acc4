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
	"github.com/howdah/howdah/internal/tree"
)

// Delta is a path that differs between the fork's base and its tip. From is where upstream has the file that the fork
// moved; "" where it is at Path.
type Delta struct {
	Path, From string
	Old, New   File
}

// span is a run of lines that one unit took away and wrote: lines a0 to a1 of the old file, b0 to b1 of the new one.
// They follow each other, and those of one place have the same a0.
type span struct {
	block
	unit int
	via  map[int]bool // merges that wrote some of it, by commit

	topic *Topic
	taker *Topic // of a span with old lines: the topic that takes them away
}

// part is one path of the difference.
type part struct {
	Delta
	old, fresh []byte
	spans      []span // of a text that is there on both sides
	whole      bool   // it goes to one unit as it is: a file that the fork made or removed, a binary, a mode
	unit       int    // of a whole part that no line tells
	shares     map[int]int
	class      string
	lost       error // its content cannot be read
	topic      *Topic
	moved      bool
}

// lines counts the lines that differ; a binary is one.
func (p *part) lines() int {
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

// Fork is what is known of a fork.
type Fork struct {
	Commits []Commit // its own, parents before children
	Known   Known
	Deltas  []Delta                            // from its base to its tip
	Refuse  func(d Delta, target string) error // why no change may make this file, which may be a link to target
}

// Traced is a fork's difference with the owner of each line.
type Traced struct {
	h      *history
	parts  []*part
	rework map[[2]int]int // lines of the second unit that the first one took away
}

// Trace finds which commits each line of the difference comes from.
func Trace(ctx context.Context, f Fork, blobs blobSource) (*Traced, error) {
	h := readHistory(f.Commits, f.Known)
	out := &Traced{h: h, rework: map[[2]int]int{}}
	t := &tracer{h: h, events: events(h), blobs: blobs}
	t.made = firsts(h, t.events)
	for _, d := range f.Deltas {
		out.parts = append(out.parts, &part{Delta: d, unit: none, shares: map[int]int{}})
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
	var wait sync.WaitGroup
	var failed error
	next := make(chan *part)
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

// ahead is what Blobs may do besides: bring many at once that will be read later.
type ahead interface {
	Ahead(ctx context.Context, ids []tree.ID) error
}

// needed lists the contents that lead to the parts.
func (t *tracer) needed(parts []*part) []tree.ID {
	var todo []key
	for _, p := range parts {
		todo = append(todo, key{p.Path, p.New.ID}, key{p.Path, p.Old.ID})
	}
	seen := map[key]bool{}
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
		if made := t.made[k.path]; slices.Contains(made, k) {
			todo = append(todo, made...)
		}
	}
	return out
}

// load reads both sides of the difference.
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

// trace finds the owners of one path's lines.
func (t *Traced) trace(ctx context.Context, tr *tracer, p *part) (*traced, error) {
	if p.lost != nil {
		return nil, nil
	}
	if p.New.ID == "" {
		p.whole, p.unit = true, t.remover(p.Path)
		return nil, nil
	}
	k := key{p.Path, p.New.ID}
	text := p.New.Mode.IsRegular() && (p.Old.ID == "" || p.Old.Mode.IsRegular()) &&
		!diff.IsBinary(p.fresh) && !diff.IsBinary(p.old)
	if p.Old.ID == p.New.ID || !text {
		p.whole, p.unit = true, t.maker(p.Path, p.New)
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
		p.unit = t.maker(p.Path, p.New)
		return found, nil
	}
	t.spans(p, owners, found.removed)
	return found, nil
}

// maker is the unit that made a content, or a file's mode, as the tip has it.
func (t *Traced) maker(name string, f File) int {
	return t.last(name, func(r Row) bool { return r.added == f })
}

// remover is the unit that removed a path last.
func (t *Traced) remover(name string) int {
	return t.last(name, func(r Row) bool { return r.added.ID == "" })
}

// last is the unit of the newest commit that did something to a path.
func (t *Traced) last(name string, is func(Row) bool) int {
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
