package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// batched is what an Objects may do besides: read many blobs at once.
type batched interface {
	Blobs(ctx context.Context, ids []ID) (map[ID][]byte, error)
}

// ReadAhead reads blobs that Blob will be asked for, all at once where the stored objects can be read so: asking for
// one at a time is what takes the time. Trees made of t share what was read.
func (t *Tree) ReadAhead(ctx context.Context, ids []ID) error {
	src, ok := t.src.(batched)
	if !ok {
		return nil
	}
	var ask []ID
	seen := map[ID]bool{}
	for _, id := range ids {
		if _, ok := t.fresh.content(id); !ok && !seen[id] {
			seen[id] = true
			ask = append(ask, id)
		}
	}
	if len(ask) == 0 {
		return nil
	}
	blobs, err := src.Blobs(ctx, ask)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // whoever needs a missing one finds out then
		return fmt.Errorf("reading %d files: %w", len(ask), err)
	}
	t.fresh.mu.Lock()
	defer t.fresh.mu.Unlock()
	if t.fresh.read == nil {
		t.fresh.read = map[ID][]byte{}
	}
	for id, data := range blobs {
		t.fresh.read[id] = data
	}
	return nil
}

// foldersAhead is what an Objects may do besides: read many folders at once.
type foldersAhead interface {
	ReadAheadFolders(ctx context.Context, ids []ID) error
}

// readFolders reads folders that entries will be asked for, all at once where the stored objects can be read so.
func (t *Tree) readFolders(ctx context.Context, ids []ID) error {
	src, ok := t.src.(foldersAhead)
	if !ok {
		return nil
	}
	var ask []ID
	for _, id := range ids {
		if _, ok := t.fresh.stored(id); !ok && id != "" && id != Empty {
			ask = append(ask, id)
		}
	}
	if len(ask) == 0 {
		return nil
	}
	if err := src.ReadAheadFolders(ctx, ask); err != nil {
		return fmt.Errorf("reading %d folders: %w", len(ask), err)
	}
	return nil
}
