package apply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// refusal is an error that refuses a change.
type refusal struct{ why *fault.Error }

func (r refusal) Error() string { return r.why.Error() }

// overlaid gives an overlay's files by their paths in the tree.
func (r *Run) overlaid(ctx context.Context, c *series.Change) (map[string]tree.File, error) {
	if c.Overlay.Local != nil {
		return c.Overlay.Local, nil
	}
	return r.memo.overlaid.get(ctx, c, func(ctx context.Context) (map[string]tree.File, error) { return r.taken(ctx, c) })
}

// taken reads the files of an overlay from their repository.
func (r *Run) taken(ctx context.Context, c *series.Change) (map[string]tree.File, error) {
	o := c.Overlay
	src, err := r.in.Sources.Commit(ctx, o.Repository, o.Commit)
	if err != nil {
		return nil, fmt.Errorf("reading %q at %s: %w", o.Repository, o.Commit.Short(), err)
	}
	read := overlayFiles{change: c, source: src, files: map[string]tree.File{}}
	for _, from := range slices.Sorted(maps.Keys(o.Paths)) {
		if err := read.take(ctx, from, o.Paths[from]); err != nil {
			return nil, err
		}
	}
	files := read.files
	for _, f := range files {
		r.cost.charge(costOfFile, 1)
		r.cost.charge(len(f.Data), costOfResult)
	}
	if sum := listSum(files); o.Sum != "" && o.Sum != sum {
		return nil, refusal{safety.Unsafe("the overlay's files have the sha256 %s, %s is expected", sum, o.Sum)}
	}
	return files, nil
}

// OverlaySum is the checksum of what an overlay from another repository takes at a commit: what its sha256 is to be.
func OverlaySum(ctx context.Context, s *series.Series, in Inputs, c *series.Change, commit tree.ID) (string, error) {
	other, overlay := *c, *c.Overlay
	overlay.Commit, overlay.Sum = commit, ""
	other.Overlay = &overlay
	files, err := NewRun(s, in).taken(ctx, &other)
	var no refusal
	if errors.As(err, &no) {
		return "", no.why.At(c.File, c.Line)
	}
	return listSum(files), err
}

// overlayFiles are the files of an overlay while they are read from another repository.
type overlayFiles struct {
	change *series.Change
	source *tree.Tree
	files  map[string]tree.File // by their paths in the tree
}

// take reads a file, or all files of a folder, of the repository.
func (o overlayFiles) take(ctx context.Context, from, to string) error {
	if from == "." {
		from = ""
	}
	e, err := o.source.Lookup(ctx, from)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refusal{safety.Malformed("%s has no %q at %s", o.change.Overlay.Repository, from,
			o.change.Overlay.Commit.Short())}
	case err != nil:
		return fmt.Errorf("reading %q of the overlay: %w", from, err)
	case !e.Mode.IsFolder():
		return o.takeFile(ctx, from, to, e)
	}
	entries, err := o.source.ReadDir(ctx, from)
	if err != nil {
		return fmt.Errorf("reading %q of the overlay: %w", from, err)
	}
	for _, e := range entries {
		if err := o.take(ctx, path.Join(from, e.Name), path.Join(to, e.Name)); err != nil {
			return err
		}
	}
	return nil
}

// takeFile reads one file of the repository for the path to.
func (o overlayFiles) takeFile(ctx context.Context, from, to string, e tree.Entry) error {
	_, twice := o.files[to]
	refused := safety.CheckPath(to, o.change.Allowed())
	switch {
	case refused != nil:
	case !e.Mode.IsRegular():
		refused = safety.Unsafe("an overlay holds files only, %q is %s", from, safety.Describe(e.Mode))
	case twice:
		refused = safety.Malformed("two files of the overlay replace %q", to)
	case len(o.files) == series.MaxTouched:
		refused = safety.Malformed("the overlay has more than %d files", series.MaxTouched)
	}
	if refused != nil {
		return refusal{refused}
	}
	data, err := o.source.Blob(ctx, e.ID)
	if err != nil {
		return fmt.Errorf("reading %q of the overlay: %w", from, err)
	}
	if len(data) > series.MaxFile {
		return refusal{safety.Malformed("%q has %d bytes, at most %d are allowed", from, len(data), series.MaxFile)}
	}
	o.files[to] = tree.File{Mode: e.Mode, Data: data}
	return nil
}

// listSum is the sha256 of what sha256sum prints of the files, by their paths in the tree.
func listSum(files map[string]tree.File) string {
	var list bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&list, "%s  %s\n", series.SHA256(files[name].Data), name)
	}
	return series.SHA256(list.Bytes())
}
