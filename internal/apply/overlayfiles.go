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
type refusal struct {
	why   *fault.Error
	ofRun bool // the run as a whole costs too much: another run may accept it
}

func (r refusal) Error() string { return r.why.Error() }

func (r refusal) Unwrap() error { return r.why }

// taken has an overlay's files by their path in the tree, and the cost of reading them.
type taken struct {
	files map[string]tree.File
	cost  int
}

// overlaid returns an overlay's files by their path in the tree, and the cost of reading them from another
// repository.
func (r *Run) overlaid(ctx context.Context, c *series.Change) (map[string]tree.File, int, error) {
	if c.Overlay.Local != nil {
		return c.Overlay.Local, 0, nil
	}
	t, err := r.memo.overlaid.get(ctx, c, func(ctx context.Context) (taken, error) { return r.take(ctx, c) })
	return t.files, t.cost, err
}

// take reads the files of an overlay from their repository.
func (r *Run) take(ctx context.Context, c *series.Change) (taken, error) {
	o, none := c.Overlay, taken{}
	if r.reading.over() {
		return none, refusal{why: tooMuch(), ofRun: true}
	}
	src, err := r.in.Sources.Commit(ctx, o.Repository, o.Commit)
	if err != nil {
		return none, fmt.Errorf("reading %q at %s: %w", o.Repository, o.Commit.Short(), err)
	}
	found := overlayFiles{change: c, source: src, files: map[string]namedEntry{}}
	for _, from := range slices.Sorted(maps.Keys(o.Paths)) {
		if err := found.take(ctx, from, o.Paths[from]); err != nil {
			r.reading.charge(len(found.files)+found.folders, costOfFile)
			return none, err
		}
	}
	t, err := r.readOverlay(ctx, src, found.files)
	if err != nil {
		return none, err
	}
	if sum := listSum(t.files); o.Sum != "" && o.Sum != sum {
		return none, refusal{why: safety.Unsafe("the overlay's files have the sha256 %s, %s is expected", sum, o.Sum)}
	}
	return t, nil
}

// readOverlay reads the files of an overlay. It checks their sizes before it reads any of them.
func (r *Run) readOverlay(ctx context.Context, src *tree.Tree, found map[string]namedEntry) (taken, error) {
	t := taken{files: map[string]tree.File{}}
	names := slices.Sorted(maps.Keys(found))
	var ids []tree.ID
	for _, name := range names {
		ids = append(ids, found[name].ID)
	}
	sizes, err := src.Sizes(ctx, ids)
	if err != nil {
		return t, fmt.Errorf("reading the sizes of the overlay's files: %w", err)
	}
	for _, name := range names {
		if size := sizes[found[name].ID]; size > series.MaxFile {
			return t, refusal{why: safety.Malformed("%q has %d bytes, at most %d are allowed", found[name].from, size,
				series.MaxFile)}
		}
	}
	if t.cost, err = r.allowReading(ctx, src, ids); err != nil {
		return t, err
	}
	for _, name := range names {
		data, err := src.Blob(ctx, found[name].ID)
		if err != nil {
			return t, fmt.Errorf("reading %q of the overlay: %w", found[name].from, err)
		}
		t.files[name] = tree.File{Mode: found[name].Mode, Data: data}
	}
	return t, nil
}

// OverlaySum returns the checksum of an overlay's files at a commit of their repository: the value for the key
// sha256.
func OverlaySum(ctx context.Context, s *series.Series, in Inputs, c *series.Change, commit tree.ID) (string, error) {
	other, overlay := *c, *c.Overlay
	overlay.Commit, overlay.Sum = commit, ""
	other.Overlay = &overlay
	t, err := NewRun(s, in).take(ctx, &other)
	var no refusal
	if errors.As(err, &no) {
		return "", no.why.At(c.File, c.Line)
	}
	return listSum(t.files), err
}

// overlayFiles collects the files of an overlay from another repository.
type overlayFiles struct {
	change  *series.Change
	source  *tree.Tree
	files   map[string]namedEntry // by their path in the tree
	folders int
}

// namedEntry is a file of the repository, and its path there.
type namedEntry struct {
	tree.Entry
	from string
}

// take adds a file, or all files of a folder, of the repository.
func (o *overlayFiles) take(ctx context.Context, from, to string) error {
	if from == "." {
		from = ""
	}
	e, err := o.source.Lookup(ctx, from)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refusal{why: safety.Malformed("%s has no %q at %s", o.change.Overlay.Repository, from,
			o.change.Overlay.Commit.Short())}
	case err != nil:
		return fmt.Errorf("reading %q of the overlay: %w", from, err)
	case !e.Mode.IsFolder():
		return o.takeFile(from, to, e)
	}
	return o.source.WalkIn(ctx, e, func(name string, e tree.Entry) error {
		if e.Mode.IsFolder() {
			return o.takeFolder(path.Join(to, name))
		}
		return o.takeFile(path.Join(from, name), path.Join(to, name), e)
	})
}

// takeFolder counts the folders: a small repository can contain a folder in itself more often than can be visited.
func (o *overlayFiles) takeFolder(to string) error {
	refused := safety.CheckPath(to, o.change.Allowed())
	if o.folders++; o.folders > series.MaxTouched {
		refused = safety.Malformed("the overlay has more than %d folders", series.MaxTouched)
	}
	if refused != nil {
		return refusal{why: refused}
	}
	return nil
}

// takeFile adds one file of the repository under the path to.
func (o *overlayFiles) takeFile(from, to string, e tree.Entry) error {
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
		return refusal{why: refused}
	}
	o.files[to] = namedEntry{e, from}
	return nil
}

// listSum returns the sha256 of the output of sha256sum for the files, sorted by their path in the tree.
func listSum(files map[string]tree.File) string {
	var list bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&list, "%s  %s\n", series.SHA256(files[name].Data), name)
	}
	return series.SHA256(list.Bytes())
}
