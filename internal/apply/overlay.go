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

// overlay puts whole files into the tree. A file that it replaces must be the one that it was made for.
func (r *Run) overlay(ctx context.Context, c *series.Change, t *tree.Tree, j *judgement) error {
	files, err := r.overlaid(ctx, c)
	if err != nil {
		var no refusal
		if errors.As(err, &no) {
			j.refuse(no.why, c)
			return nil
		}
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(c.Overlay.Over)) {
		if _, ok := files[name]; !ok {
			j.refuse(safety.Malformed("%q names %q, which the overlay does not replace", "over", name), c)
		}
	}
	v := view{t, j}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		old, refused, err := v.lookup(ctx, name)
		if err != nil {
			return err
		}
		if refused != nil {
			j.refuse(refused, c)
			continue
		}
		j.parts++
		if old != nil && old.Mode == f.Mode && bytes.Equal(old.Data, f.Data) {
			j.idle = append(j.idle, Place{File: name})
			continue
		}
		if refused := r.original(c, name, old, j); refused != nil {
			j.refuse(refused, c)
			continue
		}
		j.files[name] = &f
	}
	return nil
}

// original compares the file that an overlay replaces with the one that it was made for, by the checksum in the
// series, else by the blob in the lock. One that nothing is known of is not replaced.
func (r *Run) original(c *series.Change, name string, old *tree.File, j *judgement) *fault.Error {
	want, named := c.Overlay.Over[name]
	was, locked := r.in.Lock.PathOf(c, name)
	switch {
	case old == nil && (named || locked && was.Pre != ""):
		j.worsen(Stale, fmt.Sprintf("%s is gone: upstream has nothing there to replace", name))
	case old == nil:
		return nil
	case named && series.SHA256(old.Data) == want, !named && locked && was.Pre == tree.BlobID(old.Data):
		return nil
	case named:
		j.worsen(Stale, fmt.Sprintf("%s is another file than the one that is replaced", name))
		j.hint = fault.Hintf("see whether the replacement is still right, then write %q = %q into over", name,
			series.SHA256(old.Data))
	case locked:
		j.worsen(Stale, fmt.Sprintf("%s is another file than the one that is replaced", name))
		j.hint = fault.Hintf("see whether the replacement is still right, then accept it: %s",
			fault.Command{Target: "patch:refresh"})
	default:
		return safety.Malformed("the overlay replaces %q, and does not say which content", name).
			WithHint("if it is meant: over = { %q = %q }", name, series.SHA256(old.Data))
	}
	j.at = append(j.at, Place{File: name})
	return nil
}

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
	files := map[string]tree.File{}
	for _, from := range slices.Sorted(maps.Keys(o.Paths)) {
		if err := take(ctx, c, src, files, from, o.Paths[from]); err != nil {
			return nil, err
		}
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

// take reads a file, or all files of a folder, of a repository.
func take(ctx context.Context, c *series.Change, src *tree.Tree, files map[string]tree.File, from, to string) error {
	if from == "." {
		from = ""
	}
	e, err := src.Lookup(ctx, from)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refusal{safety.Malformed("%s has no %q at %s", c.Overlay.Repository, from, c.Overlay.Commit.Short())}
	case err != nil:
		return fmt.Errorf("reading %q of the overlay: %w", from, err)
	case !e.Mode.IsFolder():
		return takeFile(ctx, c, src, files, from, to, e)
	}
	entries, err := src.ReadDir(ctx, from)
	if err != nil {
		return fmt.Errorf("reading %q of the overlay: %w", from, err)
	}
	for _, e := range entries {
		if err := take(ctx, c, src, files, path.Join(from, e.Name), path.Join(to, e.Name)); err != nil {
			return err
		}
	}
	return nil
}

// takeFile reads one file of a repository for the path to.
func takeFile(ctx context.Context, c *series.Change, src *tree.Tree, files map[string]tree.File, from, to string,
	e tree.Entry) error {
	_, twice := files[to]
	refused := safety.CheckPath(to, c.Allowed())
	switch {
	case refused != nil:
	case !e.Mode.IsRegular():
		refused = safety.Unsafe("an overlay holds files only, %q is %s", from, safety.Describe(e.Mode))
	case twice:
		refused = safety.Malformed("two files of the overlay take the place of %q", to)
	case len(files) == series.MaxTouched:
		refused = safety.Malformed("the overlay has more than %d files", series.MaxTouched)
	}
	if refused != nil {
		return refusal{refused}
	}
	data, err := src.Blob(ctx, e.ID)
	if err != nil {
		return fmt.Errorf("reading %q of the overlay: %w", from, err)
	}
	if len(data) > series.MaxFile {
		return refusal{safety.Malformed("%q has %d bytes, at most %d are allowed", from, len(data), series.MaxFile)}
	}
	files[to] = tree.File{Mode: e.Mode, Data: data}
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
