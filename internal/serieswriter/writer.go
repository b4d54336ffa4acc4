// Package serieswriter collects what a target will write into a distribution's folders of changes: files, entries of
// series.toml, a lock. It judges the series as it will be, and then writes everything or nothing.
package serieswriter

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/transaction"
	"github.com/howdah/howdah/internal/tree"
)

// SeriesFile is the file in a folder of changes that lists them.
const SeriesFile = "series.toml"

// Writer collects the files to be written. Call Try before Write: a series that does not apply is then not written.
type Writer struct {
	Lock *series.Lock // replaces series.lock; nil: keep it

	s     *session.Session
	dry   bool                   // show what would be written, and write nothing
	files map[string][]byte      // by absolute path; nil removes
	modes map[string]fs.FileMode // of files with another mode than a new file's
	docs  map[string]*series.Document
}

// New returns a writer for the series of a run's distribution.
func New(s *session.Session, dry bool) *Writer {
	return &Writer{s: s, dry: dry, files: map[string][]byte{}, modes: map[string]fs.FileMode{},
		docs: map[string]*series.Document{}}
}

// Home returns the folder for new changes: the last one, which is the site's own.
func (e *Writer) Home() config.Path { return e.s.Config.Patches[len(e.s.Config.Patches)-1] }

// FolderOf returns the folder whose series.toml has a change.
func (e *Writer) FolderOf(c *series.Change) (config.Path, error) {
	for _, f := range e.s.Config.Patches {
		if filepath.Dir(c.File) == filepath.Clean(f.Name) { // "." inside the folder itself
			return f, nil
		}
	}
	return config.Path{}, fault.New(fault.Usage, "change %q is in no folder of this distribution", c.Name).
		At(c.File, c.Line)
}

// Document opens a folder's series.toml for editing.
func (e *Writer) Document(f config.Path) (*series.Document, error) {
	if d := e.docs[f.Abs]; d != nil {
		return d, nil
	}
	data, err := files.ReadAt(filepath.Join(f.Abs, SeriesFile), files.MaxChange)
	if errors.Is(err, fs.ErrNotExist) {
		if others, _ := os.ReadDir(f.Abs); len(others) > 0 {
			return nil, fault.New(fault.Usage, "%s has no %s: it is a folder of patches, not a distribution's "+
				"series", f.Name, SeriesFile).
				WithHint("to make a series of it: %s", target.PatchImport.Command(f.Name))
		}
		err = nil
	}
	if err != nil {
		return nil, err
	}
	d, err := series.ParseDocument(filepath.Join(f.Name, SeriesFile), data)
	e.docs[f.Abs] = d
	return d, err
}

// SetDocument replaces the text of a folder's series.toml.
func (e *Writer) SetDocument(f config.Path, text []byte) error {
	d, err := series.ParseDocument(filepath.Join(f.Name, SeriesFile), text)
	e.docs[f.Abs] = d
	return err
}

// Set writes a file of a folder; nil removes it.
func (e *Writer) Set(f config.Path, name string, data []byte) {
	e.files[filepath.Join(f.Abs, name)] = data
}

// Forget undoes Set: the file stays as it is on the disk.
func (e *Writer) Forget(f config.Path, name string) { delete(e.files, filepath.Join(f.Abs, name)) }

// SetFile writes a file with its mode; nil removes it.
func (e *Writer) SetFile(f config.Path, name string, file *tree.File) {
	if file == nil {
		e.Set(f, name, nil)
		return
	}
	e.Set(f, name, file.Data)
	mode := fs.FileMode(0o644)
	if file.Mode == tree.Executable {
		mode = 0o755
	}
	e.modes[filepath.Join(f.Abs, name)] = mode
}

// FreeName returns a file name for a patch that no file of the folder has: NAME.patch, NAME-2.patch, …
func (e *Writer) FreeName(f config.Path, name string) string {
	file := name + ".patch"
	for n := 2; ; n++ {
		_, planned := e.files[filepath.Join(f.Abs, file)]
		if _, err := os.Lstat(filepath.Join(f.Abs, file)); err != nil && !planned {
			return file
		}
		file = fmt.Sprintf("%s-%d.patch", name, n)
	}
}

// RemoveFiles removes the files of a change, unless another entry names them.
func (e *Writer) RemoveFiles(folder config.Path, c *series.Change) {
	switch {
	case c.Kind == series.KindPatch:
		if name, err := filepath.Rel(folder.Name, c.Patch.Name); err == nil {
			e.Set(folder, name, nil)
		}
	case c.Kind == series.KindOverlay && c.Overlay.Folder != "":
		for file := range c.Overlay.Local {
			e.Set(folder, filepath.Join("overlays", c.Overlay.Folder, filepath.FromSlash(file)), nil)
		}
	}
}

// Writable returns an error for a patch of a quilt series whose paths have another prefix than git's (-p0, -p2).
func Writable(c *series.Change, folder config.Path) error {
	if c.Patch.Strip == 1 {
		return nil
	}
	return fault.New(fault.Usage, "%s is in the series with -p%d: Howdah reads such patches but does not write them",
		c.Patch.Name, c.Patch.Strip).At(c.File, c.Line).
		WithHint("in another distribution's folder, %s writes all of them as git does",
			target.PatchImport.Command(folder.Name))
}

// pending returns every file that would change on the disk.
func (e *Writer) pending() map[string][]byte {
	all := maps.Clone(e.files)
	for dir, d := range e.docs {
		all[filepath.Join(dir, SeriesFile)] = append([]byte{}, d.Bytes()...) // nil would remove the file
	}
	for name, data := range all {
		old, err := files.ReadAt(name, files.MaxChange)
		if data != nil && err == nil && string(old) == string(data) && e.hasMode(name) {
			delete(all, name)
		}
		if data == nil && errors.Is(err, fs.ErrNotExist) {
			delete(all, name)
		}
	}
	return all
}

// hasMode reports whether a file already has the executable bit that it needs.
func (e *Writer) hasMode(name string) bool {
	mode, ok := e.modes[name]
	info, err := os.Stat(name)
	return !ok || err == nil && info.Mode()&0o100 == mode&0o100
}

// Try judges the series as it will be.
func (e *Writer) Try(ctx context.Context, u candidate.Upstream) (*candidate.Candidate, error) {
	pending := e.pending()
	var folders []series.Folder
	for _, f := range e.s.Config.Patches {
		whole, err := e.s.Config.Folder(f)
		if err != nil {
			return nil, err
		}
		planned := preview{FS: whole, changes: map[string]*planned{}}
		for name, data := range pending {
			if rel, ok := strings.CutPrefix(name, f.Abs+string(filepath.Separator)); ok {
				planned.set(filepath.ToSlash(rel), data, e.modes[name])
			}
		}
		folders = append(folders, series.Folder{Name: f.Name, FS: planned})
	}
	whole, lock, err := candidate.Load(e.s, u.Options, folders)
	if err != nil {
		return nil, err
	}
	if e.Lock != nil {
		lock = e.Lock
	}
	return u.JudgeSeries(ctx, e.s, whole, lock)
}

// Write writes everything, or nothing, and records the outcome in series.lock. A dry run writes nothing.
func (e *Writer) Write(ctx context.Context, o *candidate.Candidate) error {
	pending := e.pending()
	lock, err := o.Result.Lock(ctx, o.Upstream.Pin.Commit, o.Inputs.Lock)
	if err != nil {
		return err
	}
	old, err := e.s.Config.Read(candidate.SeriesLock, files.MaxLock)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if data := lock.Format(); err != nil || string(data) != string(old) {
		pending[e.s.Config.In(candidate.SeriesLock)] = data
	}
	var changes []transaction.Change
	for _, name := range slices.Sorted(maps.Keys(pending)) {
		changes = append(changes, transaction.Change{Path: name, Data: pending[name], Mode: e.modes[name]})
	}
	return e.put(changes)
}
