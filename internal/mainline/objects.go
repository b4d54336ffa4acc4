package mainline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

// Objects reads a repository's objects ahead in a few batches: asking for them one at a time is slow.
type Objects struct {
	repo  *git.Repo
	mu    sync.RWMutex
	trees map[tree.ID][]tree.Entry
	blobs map[tree.ID][]byte
	size  int // bytes of the blobs
	sizes map[tree.ID]int64
}

var _ tree.Objects = (*Objects)(nil)

func NewObjects(repo *git.Repo) *Objects {
	return &Objects{repo: repo, trees: map[tree.ID][]tree.Entry{}, blobs: map[tree.ID][]byte{}, sizes: map[tree.ID]int64{}}
}

// Tree reads one folder.
func (o *Objects) Tree(ctx context.Context, id tree.ID) ([]tree.Entry, error) {
	o.mu.RLock()
	entries, ok := o.trees[id]
	o.mu.RUnlock()
	if ok {
		return entries, nil
	}
	return o.repo.Tree(ctx, id)
}

// ReadAheadFolders reads, in one batch, folders that Tree will be asked for.
func (o *Objects) ReadAheadFolders(ctx context.Context, ids []tree.ID) error {
	var ask []tree.ID
	o.mu.RLock()
	for _, id := range ids {
		if _, ok := o.trees[id]; !ok {
			ask = append(ask, id)
		}
	}
	o.mu.RUnlock()
	return o.repo.ReadAheadFolders(ctx, ask)
}

// Blob reads one file's content, and keeps it.
func (o *Objects) Blob(ctx context.Context, id tree.ID) ([]byte, error) {
	o.mu.RLock()
	data, ok := o.blobs[id]
	o.mu.RUnlock()
	if ok {
		return data, nil
	}
	data, err := o.repo.Blob(ctx, id)
	if err == nil {
		o.mu.Lock()
		o.keep(id, data)
		o.mu.Unlock()
	}
	return data, err
}

// keep stores what was read; the caller holds the lock.
func (o *Objects) keep(id tree.ID, data []byte) {
	o.size += len(data) - len(o.blobs[id])
	o.blobs[id] = data
}

// Sizes returns the lengths of files. It fetches missing ones in one batch.
func (o *Objects) Sizes(ctx context.Context, ids []tree.ID) (map[tree.ID]int64, error) {
	out := make(map[tree.ID]int64, len(ids))
	var ask []tree.ID
	o.mu.Lock()
	for _, id := range ids {
		if n, ok := o.sizes[id]; ok {
			out[id] = n
		} else {
			ask = append(ask, id)
		}
	}
	o.mu.Unlock()
	if len(ask) == 0 {
		return out, nil
	}
	sizes, err := o.repo.Sizes(ctx, ask)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	maps.Copy(o.sizes, sizes)
	o.mu.Unlock()
	maps.Copy(out, sizes)
	return out, nil
}

// Bring fetches the files with these ids in one batch, if the repository is a partial clone that lacks them.
func (o *Objects) Bring(ctx context.Context, ids map[tree.ID]bool) error {
	if !o.repo.Partial() {
		return nil
	}
	var want []tree.ID
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if ids[id] && id != "" {
			want = append(want, id)
		}
	}
	if _, err := o.Sizes(ctx, want); err != nil {
		return fmt.Errorf("fetching %d files of upstream's history: %w", len(want), err)
	}
	return nil
}

// ReadBlobs reads the files with these ids ahead.
func (o *Objects) ReadBlobs(ctx context.Context, ids map[tree.ID]bool) error {
	var want []tree.ID
	o.mu.RLock()
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if _, ok := o.blobs[id]; !ok && id != "" && ids[id] {
			want = append(want, id)
		}
	}
	o.mu.RUnlock()
	if len(want) == 0 {
		return nil
	}
	got, err := o.repo.Blobs(ctx, want)
	if err != nil {
		return fmt.Errorf("reading %d files of upstream's history: %w", len(want), err)
	}
	o.mu.Lock()
	for id, data := range got {
		o.keep(id, data)
	}
	o.mu.Unlock()
	return nil
}

// maxFolders is how many folders Forget leaves in memory.
const maxFolders = 20_000

// Forget drops the files if they have more than limit bytes, and the folders if there are too many. They can be read
// again.
func (o *Objects) Forget(limit int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.size > limit {
		o.blobs, o.size = map[tree.ID][]byte{}, 0
	}
	if len(o.trees) > maxFolders {
		o.trees = map[tree.ID][]tree.Entry{}
	}
}
