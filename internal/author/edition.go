package author

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

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/transaction"
	"github.com/howdah/howdah/internal/tree"
)

// seriesFile is the file of a folder of changes.
const seriesFile = "series.toml"

// edition is what a target is about to write into the folders of changes: tried out first, then written, so that a
// mistake costs nothing.
type edition struct {
	a     *Author
	files map[string][]byte      // by absolute path; nil removes
	modes map[string]fs.FileMode // of files that are to have another than a new file has
	docs  map[string]*series.Document
	lock  *series.Lock // in place of series.lock as it is; nil: as it is
}

func (a *Author) edition() *edition {
	return &edition{a: a, files: map[string][]byte{}, modes: map[string]fs.FileMode{}, docs: map[string]*series.Document{}}
}

// home is the folder that new changes go to: the last one, which is the site's own.
func (a *Author) home() config.Path { return a.s.Config.Patches[len(a.s.Config.Patches)-1] }

// folderOf is the folder that a change stands in.
func (a *Author) folderOf(c *series.Change) (config.Path, error) {
	for _, f := range a.s.Config.Patches {
		if rest, ok := strings.CutPrefix(c.File, f.Name+"/"); ok && !strings.Contains(rest, "/") {
			return f, nil
		}
	}
	return config.Path{}, fault.New(fault.Usage, "change %q is in no folder of this distribution", c.Name).
		At(c.File, c.Line)
}

// document opens a folder's series.toml to be changed.
func (e *edition) document(f config.Path) (*series.Document, error) {
	if d := e.docs[f.Abs]; d != nil {
		return d, nil
	}
	data, err := files.ReadAt(filepath.Join(f.Abs, seriesFile), files.MaxChange)
	if errors.Is(err, fs.ErrNotExist) {
		if others, _ := os.ReadDir(f.Abs); len(others) > 0 {
			return nil, fault.New(fault.Usage, "%s has no %s: it is a folder of patches", f.Name, seriesFile).
				WithHint("make one of it: %s", target.PatchImport.Command(f.Name))
		}
		err = nil
	}
	if err != nil {
		return nil, err
	}
	d, err := series.ParseDocument(filepath.Join(f.Name, seriesFile), data)
	e.docs[f.Abs] = d
	return d, err
}

// set writes a file of a folder; nil removes it.
func (e *edition) set(f config.Path, name string, data []byte) {
	e.files[filepath.Join(f.Abs, name)] = data
}

// setFile writes a file with its mode.
func (e *edition) setFile(f config.Path, name string, file *tree.File) {
	if file == nil {
		e.set(f, name, nil)
		return
	}
	e.set(f, name, file.Data)
	mode := fs.FileMode(0o644)
	if file.Mode == tree.Executable {
		mode = 0o755
	}
	e.modes[filepath.Join(f.Abs, name)] = mode
}

// free gives a patch of this name a file that no other has.
func (e *edition) free(f config.Path, name string) string {
	file := name + ".patch"
	for n := 2; ; n++ {
		_, planned := e.files[filepath.Join(f.Abs, file)]
		if _, err := os.Lstat(filepath.Join(f.Abs, file)); err != nil && !planned {
			return file
		}
		file = fmt.Sprintf("%s-%d.patch", name, n)
	}
}

// pending is all that would be written.
func (e *edition) pending() map[string][]byte {
	all := maps.Clone(e.files)
	for dir, d := range e.docs {
		all[filepath.Join(dir, seriesFile)] = append([]byte{}, d.Bytes()...) // nil would remove the file
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

// hasMode says that a file is as executable as it is to be.
func (e *edition) hasMode(name string) bool {
	mode, ok := e.modes[name]
	info, err := os.Stat(name)
	return !ok || err == nil && info.Mode()&0o100 == mode&0o100
}

// try judges the series as it would be.
func (e *edition) try(ctx context.Context, u candidate.Upstream) (*candidate.Candidate, error) {
	pending := e.pending()
	var folders []series.Folder
	for _, f := range e.a.s.Config.Patches {
		whole, err := e.a.s.Config.Folder(f)
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
	whole, lock, err := candidate.Load(e.a.s, u.Options, folders)
	if err != nil {
		return nil, err
	}
	if e.lock != nil {
		lock = e.lock
	}
	return u.JudgeSeries(ctx, e.a.s, whole, lock)
}

// write writes everything, all or nothing, and accepts the outcome in series.lock. Nothing is written in a dry run.
func (e *edition) write(ctx context.Context, o *candidate.Candidate) error {
	pending := e.pending()
	lock, err := apply.NewLock(ctx, o.Upstream.Pin.Commit, o.Result, o.Inputs.Lock)
	if err != nil {
		return err
	}
	old, err := e.a.s.Config.Read(candidate.SeriesLock, files.MaxLock)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if data := lock.Format(); err != nil || string(data) != string(old) {
		pending[e.a.s.Config.In(candidate.SeriesLock)] = data
	}
	var changes []transaction.Change
	for _, name := range slices.Sorted(maps.Keys(pending)) {
		changes = append(changes, transaction.Change{Path: name, Data: pending[name], Mode: e.modes[name]})
	}
	return e.a.write(changes)
}
