package image

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"

	"github.com/howdah/howdah/internal/tree"
)

// contextFS provides a git tree to BuildKit as a build context, without anything of this machine's disk. A file's
// content is read when BuildKit asks for it, and BuildKit asks only for what it does not have.
type contextFS struct {
	ctx   context.Context // of the build; Open of fsutil.FS has no context
	tree  *tree.Tree
	sizes map[tree.ID]int64
}

var _ fsutil.FS = (*contextFS)(nil)

// newContextFS returns t as a build context, to be read while ctx lasts. BuildKit's frontend reads .dockerignore from
// it.
func newContextFS(ctx context.Context, t *tree.Tree) (*contextFS, error) {
	var ids []tree.ID
	err := t.Walk(ctx, func(_ string, e tree.Entry) error {
		if e.Mode.IsRegular() || e.Mode == tree.Symlink {
			ids = append(ids, e.ID)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing the build context: %w", err)
	}
	sizes, err := t.Sizes(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("listing the build context: %w", err)
	}
	return &contextFS{ctx: ctx, tree: t, sizes: sizes}, nil
}

// Open returns a file's content, which is read at the first Read.
func (c *contextFS) Open(name string) (io.ReadCloser, error) {
	name = clean(name)
	e, err := c.tree.Lookup(c.ctx, name)
	if err != nil {
		return nil, err
	}
	if !e.Mode.IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return &blob{fs: c, id: e.ID}, nil
}

type blob struct {
	fs   *contextFS
	id   tree.ID
	data *bytes.Reader
}

func (b *blob) Read(p []byte) (int, error) {
	if b.data == nil {
		data, err := b.fs.tree.Blob(b.fs.ctx, b.id)
		if err != nil {
			return 0, err
		}
		b.data = bytes.NewReader(data)
	}
	return b.data.Read(p)
}

func (b *blob) Close() error { return nil }

// Walk calls fn for target and everything below it, except for the root. Like fsutil's own walk over a disk, it sorts
// by plain name (git sorts a folder as NAME/), calls fn for a target that does not exist, and handles SkipDir.
func (c *contextFS) Walk(ctx context.Context, target string, fn fs.WalkDirFunc) error {
	target = clean(target)
	e, err := c.tree.Lookup(ctx, target)
	if err != nil {
		err = fn(filepath.FromSlash(target), nil, err)
	} else {
		err = c.walk(ctx, target, e, fn)
	}
	if err == fs.SkipDir || err == fs.SkipAll { //nolint:errorlint // as io/fs has it: never wrapped
		return nil
	}
	return err
}

func (c *contextFS) walk(ctx context.Context, name string, e tree.Entry, fn fs.WalkDirFunc) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if name != "" {
		stat, err := c.stat(ctx, name, e)
		if err != nil {
			return err
		}
		err = fn(filepath.FromSlash(name), &fsutil.DirEntryInfo{Stat: stat}, nil)
		if err == fs.SkipDir && e.Mode.IsFolder() || isGone(err) { //nolint:errorlint // never wrapped
			return nil
		}
		if err != nil {
			return err
		}
	}
	if !e.Mode.IsFolder() {
		return nil
	}
	entries, err := c.tree.ReadDir(ctx, name)
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b tree.Entry) int { return strings.Compare(a.Name, b.Name) })
	for _, child := range entries {
		err := c.walk(ctx, path.Join(name, child.Name), child, fn)
		if err == fs.SkipDir { //nolint:errorlint // from a file: leave the rest of its folder out
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isGone reports an error that a walk over a disk ignores, because a file may vanish meanwhile. A tree's file cannot,
// so here the error comes from fn.
func isGone(err error) bool { return err != nil && os.IsNotExist(err) }

// stat describes an entry as root would check it out, except for the times.
func (c *contextFS) stat(ctx context.Context, name string, e tree.Entry) (*types.Stat, error) {
	s := &types.Stat{Path: filepath.FromSlash(name), ModTime: epoch}
	switch e.Mode {
	case tree.Folder, tree.Submodule: // a checkout has an empty folder for a submodule
		s.Mode = uint32(fs.ModeDir | 0o755)
	case tree.Symlink:
		data, err := c.tree.Blob(ctx, e.ID)
		if err != nil {
			return nil, fmt.Errorf("reading link %q: %w", name, err)
		}
		s.Mode, s.Linkname = uint32(fs.ModeSymlink|0o777), string(data)
	case tree.Executable:
		s.Mode, s.Size, s.ModTime = 0o755, c.sizes[e.ID], modTime(e.ID)
	case tree.Regular:
		s.Mode, s.Size, s.ModTime = 0o644, c.sizes[e.ID], modTime(e.ID)
	default:
		return nil, fmt.Errorf("reading %q: mode %s is not one of git's", name, e.Mode)
	}
	return s, nil
}

const epoch = 1_000_000_000 * 1e9 // Epoch in nanoseconds

// modTime returns a file's time: the second of Epoch, plus nanoseconds that depend on the content. BuildKit treats a
// file with the same size and time as unchanged and does not ask for it again, so two contents must not have the same
// time. Programs that compare whole seconds (bootsnap) see the time that the finished layer has.
func modTime(id tree.ID) int64 {
	raw, err := hex.DecodeString(string(id[:8]))
	if err != nil {
		return epoch
	}
	return epoch + int64(binary.BigEndian.Uint32(raw)%1e9)
}

// clean converts fsutil's targets ("/", ".", "a/b/") to paths of a tree.
func clean(name string) string {
	name = path.Clean("/" + filepath.ToSlash(name))
	return strings.TrimPrefix(name, "/")
}
