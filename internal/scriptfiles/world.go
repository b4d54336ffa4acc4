// Package scriptfiles holds the files that a script works on, in memory: upstream's tree, the folder beside the script
// and everything else. A path of the script goes in; the place that it leads to, and the file there, come out. What the
// script changed lies over what was there.
package scriptfiles

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// Mount is a folder that a RUN mounts.
type Mount struct{ Target, Source, From string }

// maxFile is how many bytes a file beside the script has at most.
const maxFile = 16 << 20

// The disks that a script sees: upstream's tree, the folder beside the script, and everything else.
const (
	InTree  = 't'
	Beside  = 'b'
	Outside = 'o'
)

// Place is where a path of the script leads.
type Place struct {
	Disk byte
	Name string // below the disk's root; "" is that root
}

// IsOfImage reports whether a file of a Dockerfile belongs to the image and not to the tree. What is written into a
// folder for temporary files is meant for a later command.
func (p Place) IsOfImage() bool {
	name := path.Join("/", p.Name) + "/"
	return p.Disk == Outside && !strings.HasPrefix(name, "/tmp/") && !strings.HasPrefix(name, "/var/tmp/") &&
		!strings.HasPrefix(name, "/dev/")
}

// World is the files of all disks. What is changed lies over what was there.
type World struct {
	ctx     context.Context
	Pinned  *tree.Tree
	Beside  fs.FS
	Over    map[Place]*File
	Seen    map[string]int // by such a folder: how good the reasons to take it for the tree are
	stages  Reasons        // the same of each disk
	stage   int            // whose disk this is
	Settled bool           // nothing is learned of the paths any more
	First   bool           // the first pass over the script, which finds out where the tree lies
	Mounts  []Mount        // of the RUN that is followed
	Staged  bool           // git's index may differ from upstream
	Shallow bool           // the tree has no history: git has only the blobs of its own files
	Loose   bool           // the tree is no git repository: it comes from an image or an archive

	Indexed   map[Place]*File // what of Over is in git's index, and committed; replaced, never changed
	Committed map[Place]*File

	Remotes  map[string]string // addresses by git's names for them
	Clones   map[string]string // by path on the script's disk: the line that clones another repository there
	Archives map[string]string // by path on the script's disk: the version of Mastodon's source that lies there
	Err      error             // the first that reading met

	read *readFiles // upstream's files; shared with the clones
	own  *readFiles // the files beside the script, likewise
}

// NewWorld returns the disks before the script begins.
func NewWorld(ctx context.Context, pinned *tree.Tree, beside fs.FS) *World {
	return &World{ctx: ctx, Pinned: pinned, Beside: beside, Over: map[Place]*File{}, Archives: map[string]string{},
		Clones: map[string]string{}, Remotes: map[string]string{}, Seen: map[string]int{}, stages: Reasons{}}
}

func (w *World) Clone() *World {
	w.begin()
	c := *w
	c.Over = maps.Clone(w.Over)
	return &c
}

func (w *World) Fail(err error) {
	if w.Err == nil && err != nil {
		w.Err = err
	}
}

// Read returns the file at a place, nil where there is none.
func (w *World) Read(p Place) *File {
	if f, ok := w.Over[p]; ok {
		if f.Gone || f.Folder {
			return nil
		}
		return f
	}
	switch p.Disk {
	case InTree:
		return w.Upstream(p.Name)
	case Beside:
		return w.beside(p.Name)
	}
	return nil
}

// beside reads a file beside the script.
func (w *World) beside(name string) *File {
	w.begin()
	if f := w.own.files[name]; f != nil {
		return f
	}
	data, ok := w.Own(name)
	if !ok {
		return nil
	}
	f := &File{Data: data, Mode: tree.Regular}
	if info, err := fs.Stat(w.Beside, name); err == nil && info.Mode()&0o100 != 0 {
		f.Mode = tree.Executable
	}
	w.own.keep(name, f)
	return f
}

// Upstream reads a file of the pinned tree.
func (w *World) Upstream(name string) *File {
	if name == "" {
		return nil
	}
	w.begin()
	if f := w.read.files[name]; f != nil {
		return f
	}
	e, ok := w.lookup(name)
	if !ok {
		return nil
	}
	w.readAhead(name)
	data, err := w.Pinned.Blob(w.ctx, e.ID)
	if err != nil {
		w.Fail(fmt.Errorf("reading %q: %w", name, err))
		return nil
	}
	f := &File{Data: data, Mode: e.Mode}
	w.read.keep(name, f)
	return f
}

// lookup finds a file or a link of the pinned tree, without reading it.
func (w *World) lookup(name string) (tree.Entry, bool) {
	if name == "" {
		return tree.Entry{}, false
	}
	e, err := w.Pinned.Lookup(w.ctx, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.Fail(fmt.Errorf("reading %q: %w", name, err))
	}
	return e, err == nil && e.Mode != tree.Folder && e.Mode != tree.Submodule
}

// UpstreamFolder reports whether the pinned tree has a folder.
func (w *World) UpstreamFolder(name string) bool {
	e, err := w.Pinned.Lookup(w.ctx, name)
	return name == "" || err == nil && e.Mode == tree.Folder
}

// Own reads a regular file beside the script; a link is none, since it may lead anywhere.
func (w *World) Own(name string) ([]byte, bool) {
	if w.Beside == nil || !fs.ValidPath(name) || name == "." || name == "" {
		return nil, false
	}
	for i := range len(name) + 1 {
		if i < len(name) && name[i] != '/' {
			continue
		}
		info, err := fs.Lstat(w.Beside, name[:i])
		if err != nil || info.Mode()&fs.ModeSymlink != 0 || i == len(name) &&
			(!info.Mode().IsRegular() || info.Size() > maxFile) {
			return nil, false
		}
	}
	data, err := fs.ReadFile(w.Beside, name)
	return data, err == nil
}

func (w *World) Write(p Place, f *File) { w.Over[p] = f }

// IsFolder reports whether a place is a folder.
func (w *World) IsFolder(p Place) bool {
	if p.Name == "" {
		return p.Disk != Beside || w.Beside != nil
	}
	if f, ok := w.Over[p]; ok && f.Folder {
		return true
	} else if ok && !f.Gone {
		return false
	}
	if w.alive(p.Disk, p.Name) {
		return true
	}
	if f, ok := w.Over[p]; ok && f.Gone {
		return false
	}
	switch p.Disk {
	case Outside:
		return slices.Contains(everywhere, p.Name)
	case InTree:
		e, err := w.Pinned.Lookup(w.ctx, p.Name)
		return err == nil && e.Mode == tree.Folder
	case Beside:
		if w.Beside == nil || !fs.ValidPath(p.Name) {
			return false
		}
		info, err := fs.Lstat(w.Beside, p.Name)
		return err == nil && info.IsDir()
	}
	return false
}

// List names what a folder holds, sorted; folders end in a slash.
func (w *World) List(p Place) []string {
	names := map[string]bool{}
	switch {
	case p.Disk == InTree:
		entries, err := w.Pinned.ReadDir(w.ctx, p.Name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.Fail(err)
		}
		for _, e := range entries {
			names[e.Name] = e.Mode == tree.Folder
		}
	case p.Disk == Beside && w.Beside != nil:
		name := p.Name
		if name == "" {
			name = "."
		}
		entries, _ := fs.ReadDir(w.Beside, name)
		for _, e := range entries {
			if e.Name() != ".git" && e.Type()&fs.ModeSymlink == 0 {
				names[e.Name()] = e.IsDir()
			}
		}
	}
	hidden := map[string]bool{}
	for q, f := range w.Over {
		rest, ok := strings.CutPrefix(q.Name, p.Name+"/")
		if p.Name == "" {
			rest, ok = q.Name, q.Name != ""
		}
		if q.Disk != p.Disk || !ok {
			continue
		}
		first, below, deep := strings.Cut(rest, "/")
		switch {
		case f.Gone && !deep:
			hidden[first] = true
		case !f.Gone:
			names[first] = names[first] || deep && below != "" || f.Folder
		}
	}
	for name := range hidden {
		if f := w.Over[Place{p.Disk, path.Join(p.Name, name)}]; f.Gone && !w.alive(p.Disk, path.Join(p.Name, name)) {
			delete(names, name)
		}
	}
	var out []string
	for name, folder := range names {
		if folder {
			name += "/"
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// alive reports whether something below a removed name was made anew.
func (w *World) alive(disk byte, name string) bool {
	for q, f := range w.Over {
		if q.Disk == disk && !f.Gone && strings.HasPrefix(q.Name, name+"/") {
			return true
		}
	}
	return false
}
