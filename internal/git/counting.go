package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/howdah/howdah/internal/tree"
)

// folder is what counting needs of a tree.
type folder struct {
	files   int64
	folders []tree.ID
}

// deepest is how many folders may lie in each other, as git has it by default (core.maxTreeDepth).
const deepest = 2048

// MostFiles returns which of several trees has the most files, and how many, counting no further than limit+1, which
// is also the answer for folders that lie too deep in each other. Each folder is read once, however often it is in a
// tree: a tree of a hundred folders may have more files than git can list.
func (r *Repo) MostFiles(ctx context.Context, roots []tree.ID, limit int64) (tree.ID, int64, error) {
	read := map[tree.ID]*folder{}
	unread := roots
	for level := 0; len(unread) > 0; level++ {
		if level > deepest {
			return roots[0], limit + 1, nil
		}
		var err error
		if unread, err = r.readFolders(ctx, unread, read); err != nil {
			return "", 0, err
		}
	}
	counts := map[tree.ID]int64{}
	var count func(tree.ID) int64
	count = func(id tree.ID) int64 {
		n, known := counts[id]
		if known {
			return n
		}
		n = read[id].files
		for _, below := range read[id].folders {
			n = min(n+count(below), limit+1)
		}
		counts[id] = n
		return n
	}
	var most tree.ID
	for _, id := range roots {
		if n := count(id); most == "" || n > counts[most] {
			most = id
		}
	}
	return most, counts[most], nil
}

// readFolders adds folders to those that were read, and returns the ones in them that were not.
func (r *Repo) readFolders(ctx context.Context, ids []tree.ID, read map[tree.ID]*folder) ([]tree.ID, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var below []tree.ID
	var wrong error
	keep := func(id tree.ID, kind string, data []byte) {
		entries, err := tree.ParseTree(data)
		if err == nil && kind != "tree" {
			err = fmt.Errorf("it is a %s", kind)
		}
		if err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("reading tree %s: %w", id, err))
		}
		f := &folder{}
		for _, e := range entries {
			if e.Mode.IsFolder() {
				f.folders = append(f.folders, e.ID)
			} else {
				f.files++
			}
		}
		read[id] = f
		below = append(below, f.folders...)
	}
	err := r.batch.readAll(ctx, ids, keep)
	if errors.Is(err, fs.ErrNotExist) && r.fetch != nil {
		missing := slices.DeleteFunc(ids, func(id tree.ID) bool { return read[id] != nil })
		if err = r.bring(ctx, missing); err == nil {
			err = r.batch.readAll(ctx, missing, keep)
		}
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(below, func(id tree.ID) bool { return read[id] != nil }), wrong
}
