package mainline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// Wanted are paths in some trees.
type Wanted struct {
	Roots []tree.ID
	Paths map[string]bool
}

// folder is one that leads to wanted paths.
type folder struct {
	id  tree.ID
	dir string // ends with a slash
	in  int    // the index of what is wanted
}

// ReadFolders reads the folders that lead to the paths, in many trees at once: one batch per level.
func (o *Objects) ReadFolders(ctx context.Context, wanted ...Wanted) error {
	parents := make([]map[string][]string, len(wanted))
	level := map[folder]bool{}
	for i, w := range wanted {
		parents[i] = parentsOf(w.Paths)
		for _, id := range w.Roots {
			level[folder{id: id, in: i}] = true
		}
	}
	for len(level) > 0 {
		want := map[tree.ID]bool{}
		o.mu.Lock()
		for f := range level {
			if _, ok := o.trees[f.id]; !ok {
				want[f.id] = true
			}
		}
		o.mu.Unlock()
		got, err := o.repo.Blobs(ctx, slices.Sorted(maps.Keys(want))) // it reads any object, whatever its type
		if err != nil {
			return fmt.Errorf("reading folders of upstream's history: %w", err)
		}
		next := map[folder]bool{}
		o.mu.Lock()
		for id, data := range got {
			if o.trees[id], err = tree.ParseTree(data); err != nil {
				o.mu.Unlock()
				return fmt.Errorf("reading folder %s: %w", id, err)
			}
		}
		for f := range level {
			for _, e := range o.trees[f.id] {
				if e.Mode.IsFolder() && slices.Contains(parents[f.in][f.dir], e.Name) {
					next[folder{id: e.ID, dir: f.dir + e.Name + "/", in: f.in}] = true
				}
			}
		}
		o.mu.Unlock()
		level = next
	}
	return nil
}

// parentsOf returns, by folder, the names in it that are on one of the paths.
func parentsOf(paths map[string]bool) map[string][]string {
	parents := map[string][]string{}
	for p := range paths {
		dir, rest := "", p
		for {
			name, deeper, more := strings.Cut(rest, "/")
			if !more {
				break
			}
			if !slices.Contains(parents[dir], name) {
				parents[dir] = append(parents[dir], name)
			}
			dir, rest = dir+name+"/", deeper
		}
	}
	return parents
}
