package git

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha1" // git's pack format
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/howdah/howdah/internal/tree"
)

// maxFolders is how many decoded folders stay in memory: some whole trees of Mastodon's.
const maxFolders = 20_000

// Tree reads one folder.
func (r *Repo) Tree(ctx context.Context, id tree.ID) ([]tree.Entry, error) {
	r.mu.Lock()
	entries, ok := r.trees[id]
	r.mu.Unlock()
	if ok {
		return entries, nil
	}
	data, err := r.object(ctx, id, "tree")
	if err != nil {
		return nil, err
	}
	return r.decode(id, data)
}

// decode keeps a folder that was read.
func (r *Repo) decode(id tree.ID, data []byte) ([]tree.Entry, error) {
	entries, err := tree.ParseTree(data)
	if err != nil {
		return nil, fmt.Errorf("reading tree %s: %w", id, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.trees) >= maxFolders {
		r.trees = map[tree.ID][]tree.Entry{}
	}
	r.trees[id] = entries
	return entries, nil
}

// ReadAheadFolders reads folders that Tree will be asked for, in one batch.
func (r *Repo) ReadAheadFolders(ctx context.Context, ids []tree.ID) error {
	var ask []tree.ID
	r.mu.Lock()
	for _, id := range ids {
		if _, ok := r.trees[id]; !ok {
			ask = append(ask, id)
		}
	}
	r.mu.Unlock()
	if len(ask) == 0 {
		return nil
	}
	var wrong error
	err := r.batch.readAll(ctx, ask, func(id tree.ID, kind string, data []byte) {
		if kind == "tree" && wrong == nil {
			_, wrong = r.decode(id, data)
		}
	})
	if errors.Is(err, fs.ErrNotExist) { // whoever needs a missing one finds out then
		err = nil
	}
	return errors.Join(err, wrong)
}

// Blob reads one file's content.
func (r *Repo) Blob(ctx context.Context, id tree.ID) ([]byte, error) {
	if data, ok := r.files.get(id); ok {
		return data, nil
	}
	data, err := r.object(ctx, id, "blob")
	if err == nil {
		r.files.put(id, data)
	}
	return data, err
}

// mostAhead is how many files ReadAheadFiles looks at.
const mostAhead = 4_096

// ReadAheadFiles reads files that Blob will be asked for in one batch: the first n of them, as far as they are kept. It
// fetches none.
func (r *Repo) ReadAheadFiles(ctx context.Context, ids []tree.ID) (n int, err error) {
	ids = ids[:min(len(ids), mostAhead)]
	sizes := map[tree.ID]int64{}
	if _, err := r.sizes(ctx, ids, sizes); err != nil {
		return 0, err
	}
	var ask []tree.ID
	room := int64(keptFiles)
	for _, id := range ids {
		size, there := sizes[id]
		if room -= size; room < 0 {
			break
		}
		n++
		if _, kept := r.files.get(id); there && !kept {
			ask = append(ask, id)
			delete(sizes, id)
		}
	}
	return n, r.batch.readAll(ctx, ask, func(id tree.ID, _ string, data []byte) { r.files.put(id, data) })
}

func (r *Repo) object(ctx context.Context, id tree.ID, want string) ([]byte, error) {
	kind, data, err := r.batch.read(ctx, id)
	if errors.Is(err, fs.ErrNotExist) && r.fetch != nil {
		if err := r.bring(ctx, []tree.ID{id}); err != nil {
			return nil, err
		}
		kind, data, err = r.batch.read(ctx, id)
	}
	if err != nil {
		return nil, err
	}
	if kind != want {
		return nil, fmt.Errorf("reading %s %s: it is a %s", want, id, kind)
	}
	return data, nil
}

// Stored reports whether an object is here, and reaches no network.
func (r *Repo) Stored(ctx context.Context, id tree.ID) (bool, error) {
	_, _, err := r.batch.read(ctx, id)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if errors.Is(err, ErrLarge) {
		return true, nil
	}
	return err == nil, err
}

// Blobs reads many files at once; missing ones are fetched in one batch where the repository knows from where.
func (r *Repo) Blobs(ctx context.Context, ids []tree.ID) (map[tree.ID][]byte, error) {
	out := make(map[tree.ID][]byte, len(ids))
	keep := func(id tree.ID, _ string, data []byte) { out[id] = data }
	err := r.batch.readAll(ctx, ids, keep)
	if errors.Is(err, fs.ErrNotExist) && r.fetch != nil {
		var missing []tree.ID
		for _, id := range ids {
			if _, ok := out[id]; !ok {
				missing = append(missing, id)
			}
		}
		if err := r.bring(ctx, missing); err != nil {
			return nil, err
		}
		err = r.batch.readAll(ctx, missing, keep)
	}
	return out, err
}

// Write stores objects, all or none. Git checks each of them (a name like .git is refused), names the pack by its
// content and protects it; storing what exists already changes nothing.
func (r *Repo) Write(ctx context.Context, objects []tree.Object) error {
	if len(objects) == 0 {
		return nil
	}
	pack, err := encodePack(objects)
	if err != nil {
		return err
	}
	if err := r.bringChecked(ctx, objects); err != nil {
		return err
	}
	if _, err := r.RunInput(ctx, bytes.NewReader(pack), "index-pack", "--stdin", "--fsck-objects"); err != nil {
		return fmt.Errorf("storing %d objects: %w", len(objects), err)
	}
	_ = r.shut()
	return nil
}

// CheckedFiles are the files whose contents git checks with each tree that it stores or fetches. Where one is missing,
// git reads all objects of a partial clone to find out whether it may be: seconds for Mastodon's 140,000.
var CheckedFiles = []string{".gitattributes", ".gitmodules"}

// bringChecked brings what is missing of the files that git checks with trees.
func (r *Repo) bringChecked(ctx context.Context, objects []tree.Object) error {
	if r.fetch == nil {
		return nil
	}
	given := map[tree.ID]bool{}
	for _, o := range objects {
		given[o.ID] = true
	}
	var checked []tree.ID
	for _, o := range objects {
		if o.Type != "tree" {
			continue
		}
		entries, err := tree.ParseTree(o.Data)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if slices.Contains(CheckedFiles, e.Name) && e.Mode.IsRegular() && !given[e.ID] {
				checked = append(checked, e.ID)
			}
		}
	}
	missing, err := r.Absent(ctx, checked)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		_ = r.bring(ctx, missing) // without them it is slow, and right
	}
	return ctx.Err()
}

// packTypes are the type numbers of gitformat-pack.
var packTypes = map[string]byte{"commit": 1, "tree": 2, "blob": 3, "tag": 4}

// encodePack writes a version 2 pack without deltas.
func encodePack(objects []tree.Object) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("PACK")
	_ = binary.Write(&b, binary.BigEndian, [2]uint32{2, uint32(len(objects))})
	z := zlib.NewWriter(&b) // one for all: a new one clears a megabyte
	for _, o := range objects {
		kind, ok := packTypes[o.Type]
		if !ok {
			return nil, fmt.Errorf("storing object %s: type %q", o.ID, o.Type)
		}
		size := len(o.Data)
		first := kind<<4 | byte(size&15)
		for size >>= 4; size > 0; size >>= 7 {
			b.WriteByte(first | 0x80)
			first = byte(size & 0x7f)
		}
		b.WriteByte(first)
		z.Reset(&b)
		if _, err := z.Write(o.Data); err != nil {
			return nil, fmt.Errorf("storing object %s: %w", o.ID, err)
		}
		if err := z.Close(); err != nil {
			return nil, fmt.Errorf("storing object %s: %w", o.ID, err)
		}
	}
	sum := sha1.Sum(b.Bytes()) // git's pack format
	b.Write(sum[:])
	return b.Bytes(), nil
}
