package tree

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
)

// ErrMany is wrapped by CompareMost's error where two trees differ in more entries than are allowed, or deeper.
var ErrMany = errors.New("too many files and folders differ")

// MaxListed is in how many files and folders a fork or a work tree may differ from upstream: Mastodon has some 10,000.
const MaxListed = 200_000

// maxCompared is the length of the longest path that is compared: no system opens a longer one.
const maxCompared = 4096

// Compare lists the files, links and submodules at which two trees differ, by path. Folders that are equal are
// not opened. A file that became a folder is its removal and the folder's files.
func Compare(ctx context.Context, a, b *Tree) ([]Delta, error) {
	return CompareMost(ctx, a, b, math.MaxInt)
}

// CompareMost is Compare of trees that may differ in at most so many files and folders: a small git tree that holds one
// folder many times, which holds another many times, has more files than can be listed.
func CompareMost(ctx context.Context, a, b *Tree, most int) ([]Delta, error) {
	var out []Delta
	seen := 0
	compare := func(at folders) (below []folders, err error) {
		var sides [2][]Entry
		for i, t := range [2]*Tree{a, b} {
			if at.sides[i] != "" {
				if sides[i], err = t.entries(ctx, at.sides[i]); err != nil {
					return nil, fmt.Errorf("reading folder %q: %w", at.dir, err)
				}
			}
		}
		for name, p := range differing(sides[0], sides[1]) {
			inner := folders{dir: path.Join(at.dir, name)}
			if seen++; seen > most || len(inner.dir) > maxCompared {
				return nil, fmt.Errorf("comparing folder %.200q: %w", at.dir, ErrMany)
			}
			files := p
			for i, e := range p {
				if e.Mode.IsFolder() {
					inner.sides[i], files[i] = e.ID, Entry{}
				}
			}
			if files[0] != files[1] {
				out = append(out, Delta{Path: inner.dir, Old: files[0], New: files[1]})
			}
			if inner.sides != [2]ID{} {
				below = append(below, inner)
			}
		}
		return below, ctx.Err()
	}
	level := []folders{{sides: [2]ID{a.root, b.root}}}
	for len(level) > 0 { // git is asked once a level
		if err := readLevel(ctx, a, b, level); err != nil {
			return nil, err
		}
		var next []folders
		for _, at := range level {
			below, err := compare(at)
			if err != nil {
				return out, err
			}
			next = append(next, below...)
		}
		level = next
	}
	slices.SortFunc(out, func(x, y Delta) int { return strings.Compare(x.Path, y.Path) })
	return out, nil
}

// folders are those at one path of two trees; "" is none.
type folders struct {
	dir   string
	sides [2]ID
}

func readLevel(ctx context.Context, a, b *Tree, level []folders) error {
	var ids [2][]ID
	for _, at := range level {
		for i, id := range at.sides {
			ids[i] = append(ids[i], id)
		}
	}
	for i := range ids {
		slices.Sort(ids[i])
		ids[i] = slices.Compact(ids[i])
	}
	if err := a.readFolders(ctx, ids[0]); err != nil {
		return err
	}
	return b.readFolders(ctx, ids[1])
}

// differing are the entries of two folders that are not the same in both, by their names. Both lists are mostly equal
// and in one order, so equal entries are passed in step, and only the others cost a map's entry.
func differing(left, right []Entry) map[string][2]Entry {
	pairs := map[string][2]Entry{}
	put := func(side int, e Entry) {
		p := pairs[e.Name]
		p[side] = e
		pairs[e.Name] = p
	}
	for len(left) > 0 || len(right) > 0 {
		switch {
		case len(left) > 0 && len(right) > 0 && left[0] == right[0]:
			left, right = left[1:], right[1:]
		case len(right) == 0 || len(left) > 0 && left[0].Name <= right[0].Name:
			put(0, left[0])
			left = left[1:]
		default:
			put(1, right[0])
			right = right[1:]
		}
	}
	for name, p := range pairs {
		if p[0] == p[1] {
			delete(pairs, name)
		}
	}
	return pairs
}
