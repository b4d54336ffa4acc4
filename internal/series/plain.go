package series

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/patchform"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/quilt"
)

// plain reads a folder that has nothing but patches, sorted by name.
func (l *loader) plain() {
	all, err := fs.ReadDir(l.folder.FS, ".")
	if err != nil {
		l.fail("", 0, "reading the folder of changes: %w", err)
		return
	}
	if l.lacksList(all) {
		return
	}
	names := slices.DeleteFunc(slices.Clone(all), func(e fs.DirEntry) bool {
		return e.IsDir() || !quilt.IsPatch(e.Name())
	})
	if len(names) == 0 {
		l.empty(all)
		return
	}
	for _, e := range names {
		l.named[e.Name()] = true
		l.addPatch(e.Name(), &File{Strip: 1, quilt: true}, l.at(e.Name()), 1)
	}
	l.unused()
}

// unused lists files of the folder that have a patch in them but are not applied: in folders below, or with a name
// that is not a patch's.
func (l *loader) unused() {
	below := map[string]int{}
	err := fs.WalkDir(l.folder.FS, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil {
			err = l.used.entry(name)
		}
		dir := path.Dir(name)
		switch {
		case err != nil:
			return err
		case name == "." || l.named[name]:
		case e.IsDir() && (strings.HasPrefix(e.Name(), ".") || name == resolutions || l.isFolderOfChanges(name)):
			return fs.SkipDir
		case e.IsDir():
		case dir != "." && quilt.IsPatch(name):
			below[dir]++
		case dir == "." && l.holdsPatch(name, e):
			l.skip(name, "it holds a patch, and its name does not end in .patch")
		case dir == "." && path.Ext(name) == ".rej":
			l.skip(name, "it is what patch or git apply could not apply")
		}
		return nil
	})
	if err != nil {
		l.errs = append(l.errs, fault.New(fault.Usage, "reading the folder of changes: %w", err).At(l.folder.Name, 0))
	}
	for _, dir := range slices.Sorted(maps.Keys(below)) {
		l.skip(dir+"/", fmt.Sprintf("%s in it; patches in howdah.toml does not name this folder",
			plural.Of(below[dir], "patch")))
	}
}

// skip adds a file to Unused.
func (l *loader) skip(name, why string) {
	place := l.at(name)
	if strings.HasSuffix(name, "/") {
		place += "/"
	}
	l.series.Unused = append(l.series.Unused, place+": "+why)
}

// holdsPatch reports whether the content of a file is a patch.
func (l *loader) holdsPatch(name string, e fs.DirEntry) bool {
	if !quilt.MayHold(e) {
		return false
	}
	data, err := l.folder.ReadFile(name)
	kind, _ := patchform.Look(data)
	return err == nil && kind == patchform.IsPatch
}

// empty records the error of a folder without changes. It names files that have a patch in them under another name.
func (l *loader) empty(entries []fs.DirEntry) {
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		if path.Ext(e.Name()) == ".rej" {
			l.fail(e.Name(), 0, "it is what patch or git apply could not apply").
				Hint = fault.Hintf("put the patch that it comes from here: a conflict then shows both sides")
			return
		}
		data, err := l.folder.ReadFile(e.Name())
		if kind, _ := patchform.Look(data); err == nil && kind == patchform.IsPatch {
			l.fail(e.Name(), 0, "this file holds a patch, and its name does not say so").
				Hint = fault.Hintf("name it %s.patch", strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
			return
		}
	}
	l.fail("", 0, "no %s, no quilt series and no patch is here", seriesFile).
		Hint = fault.Hintf("%s and %s write the first change", fault.Command{Target: "patch:new"},
		fault.Command{Target: "patch:edit"})
}

// addPatch adds a change that consists of one patch file.
func (l *loader) addPatch(name string, f *File, file string, line int) {
	c := &Change{Name: PatchName(name), File: file, Line: line, Required: true, granted: l.granted}
	if c.Name == "" {
		l.fail(strings.TrimPrefix(file, l.folder.Name+"/"), line, "no name for a change can be made from %q", name)
		return
	}
	before := len(l.errs)
	if l.load(c, name, f, line); len(l.errs) > before {
		return
	}
	if patchform.IsCover(name, c.Patch.Data) {
		l.skip(name, "a cover letter, without a diff")
		return
	}
	c.Why = Subject(c.Patch.Data)
	c.Sum = c.Digest()
	l.series.Changes = append(l.series.Changes, c)
}
