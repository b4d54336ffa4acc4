package tree

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Arrivals lists the files that one tree has and another has not. It keeps what it found of each pair of folders: from
// one commit to the next most pairs stay. It may be used by several goroutines.
type Arrivals struct {
	mu    sync.Mutex
	found map[[2]ID][]Delta // with paths below the folders
	held  int
	seen  map[[2]ID]bool // pairs of folders that Unseen has visited
}

// maxArrivals is how many files are kept, some 40 MB; all are forgotten beyond that.
const maxArrivals = 200_000

// Between lists the regular files of b at whose paths a has no file, as Compare has them.
func (m *Arrivals) Between(ctx context.Context, a, b *Tree) ([]Delta, error) {
	out, err := m.below(ctx, [2]*Tree{a, b}, "", [2]ID{a.root, b.root})
	if err != nil {
		return nil, err
	}
	out = slices.Clone(out)
	slices.SortFunc(out, func(x, y Delta) int { return strings.Compare(x.Path, y.Path) })
	return out, nil
}

func (m *Arrivals) below(ctx context.Context, trees [2]*Tree, dir string, ids [2]ID) ([]Delta, error) {
	m.mu.Lock()
	out, known := m.found[ids]
	m.mu.Unlock()
	if known || ids[1] == "" {
		return out, nil
	}
	out, folders, err := arrived(ctx, trees, dir, ids)
	if err != nil {
		return nil, err
	}
	for name, inner := range folders {
		list, err := m.below(ctx, trees, dir+name+"/", inner)
		if err != nil {
			return nil, err
		}
		out = slices.Grow(out, len(list))
		for _, d := range list {
			out = append(out, Delta{Path: name + "/" + d.Path, New: d.New})
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held += len(out); m.found == nil || m.held > maxArrivals {
		m.found, m.held = map[[2]ID][]Delta{}, len(out)
	}
	m.found[ids] = out
	return out, ctx.Err()
}

// Unseen lists files as Between does, in no order, with the names alone as paths, and without the folders that an
// earlier call has listed beside the same one.
func (m *Arrivals) Unseen(ctx context.Context, a, b *Tree) ([]Delta, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.seen = map[[2]ID]bool{}
	}
	return m.unseen(ctx, [2]*Tree{a, b}, "", [2]ID{a.root, b.root})
}

func (m *Arrivals) unseen(ctx context.Context, trees [2]*Tree, dir string, ids [2]ID) ([]Delta, error) {
	if m.seen[ids] || ids[1] == "" {
		return nil, ctx.Err()
	}
	out, folders, err := arrived(ctx, trees, dir, ids)
	if err != nil {
		return nil, err
	}
	for name, inner := range folders {
		list, err := m.unseen(ctx, trees, dir+name+"/", inner)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	m.seen[ids] = true
	return out, nil
}

// arrived returns the files that one folder has and another lacks, and the folders below both, read ahead.
func arrived(ctx context.Context, trees [2]*Tree, dir string, ids [2]ID) (files []Delta, folders map[string][2]ID,
	err error) {
	var sides [2][]Entry
	for i, t := range trees {
		if ids[i] == "" {
			continue
		}
		if sides[i], err = t.entries(ctx, ids[i]); err != nil {
			return nil, nil, fmt.Errorf("reading folder %q: %w", dir, err)
		}
	}
	folders = map[string][2]ID{}
	var ahead [2][]ID
	for name, p := range differing(sides[0], sides[1]) {
		if p[1].Mode.IsRegular() && (p[0] == Entry{} || p[0].Mode.IsFolder()) {
			files = append(files, Delta{Path: name, New: p[1]})
		}
		if !p[1].Mode.IsFolder() {
			continue
		}
		var inner [2]ID
		for i, e := range p {
			if e.Mode.IsFolder() {
				inner[i] = e.ID
				ahead[i] = append(ahead[i], e.ID)
			}
		}
		folders[name] = inner
	}
	for i, t := range trees {
		if err := t.readFolders(ctx, ahead[i]); err != nil {
			return nil, nil, err
		}
	}
	return files, folders, nil
}
