package script

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

// The disks that a script sees: upstream's tree, the folder beside the script, and everything else.
const (
	inTree  = 't'
	beside  = 'b'
	outside = 'o'
)

// place is where a path of the script leads.
type place struct {
	disk byte
	name string // below the disk's root; "" is that root
}

// file is a file as the script so far leaves it; never changed once made.
type file struct {
	data    []byte
	mode    tree.Mode
	gone    bool
	folder  bool
	scratch bool   // a backup that sed made: not part of the result
	why     string // not "": its content is uncertain, because of this; data is what it was before
	line    int    // that made it uncertain
}

// world is the files of all disks. What is changed lies over what was there.
type world struct {
	ctx     context.Context
	pinned  *tree.Tree
	beside  fs.FS
	over    map[place]*file
	known   map[string]bool // folders of the script's disk that are the tree
	seen    map[string]int  // by such a folder: how good the reasons to take it for the tree are
	settled bool            // known is complete
	mounts  []bound         // of the RUN that is followed
	staged  bool            // git's index may differ from upstream

	archives map[string]string // by path on the script's disk: the version of Mastodon's source that lies there
	err      error             // the first that reading met
}

func (w *world) clone() *world {
	c := *w
	c.over = maps.Clone(w.over)
	return &c
}

func (w *world) fail(err error) {
	if w.err == nil && err != nil {
		w.err = err
	}
}

// read gives the file at a place, nil where there is none.
func (w *world) read(p place) *file {
	if f, ok := w.over[p]; ok {
		if f.gone || f.folder {
			return nil
		}
		return f
	}
	switch p.disk {
	case inTree:
		return w.upstream(p.name)
	case beside:
		data, ok := w.own(p.name)
		if !ok {
			return nil
		}
		f := &file{data: data, mode: tree.Regular}
		if info, err := fs.Stat(w.beside, p.name); err == nil && info.Mode()&0o100 != 0 {
			f.mode = tree.Executable
		}
		return f
	}
	return nil
}

// upstream reads a file of the pinned tree.
func (w *world) upstream(name string) *file {
	if name == "" {
		return nil
	}
	e, err := w.pinned.Lookup(w.ctx, name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (e.Mode == tree.Folder || e.Mode == tree.Submodule) {
		return nil
	}
	if err != nil {
		w.fail(fmt.Errorf("reading %q: %w", name, err))
		return nil
	}
	data, err := w.pinned.Blob(w.ctx, e.ID)
	if err != nil {
		w.fail(fmt.Errorf("reading %q: %w", name, err))
		return nil
	}
	return &file{data: data, mode: e.Mode}
}

// upstreamFolder says that the pinned tree has a folder.
func (w *world) upstreamFolder(name string) bool {
	e, err := w.pinned.Lookup(w.ctx, name)
	return name == "" || err == nil && e.Mode == tree.Folder
}

// own reads a regular file beside the script; a link is none, since it may lead anywhere.
func (w *world) own(name string) ([]byte, bool) {
	if w.beside == nil || !fs.ValidPath(name) || name == "." || name == "" {
		return nil, false
	}
	for i := range len(name) + 1 {
		if i < len(name) && name[i] != '/' {
			continue
		}
		info, err := fs.Lstat(w.beside, name[:i])
		if err != nil || info.Mode()&fs.ModeSymlink != 0 || i == len(name) &&
			(!info.Mode().IsRegular() || info.Size() > maxOutput) {
			return nil, false
		}
	}
	data, err := fs.ReadFile(w.beside, name)
	return data, err == nil
}

func (w *world) write(p place, f *file) { w.over[p] = f }

// isFolder says whether a place is a folder.
func (w *world) isFolder(p place) bool {
	if p.name == "" {
		return p.disk != beside || w.beside != nil
	}
	if f, ok := w.over[p]; ok && f.folder {
		return true
	} else if ok && !f.gone {
		return false
	}
	if w.alive(p.disk, p.name) {
		return true
	}
	if f, ok := w.over[p]; ok && f.gone {
		return false
	}
	switch p.disk {
	case outside:
		return everywhere[p.name]
	case inTree:
		e, err := w.pinned.Lookup(w.ctx, p.name)
		return err == nil && e.Mode == tree.Folder
	case beside:
		if w.beside == nil || !fs.ValidPath(p.name) {
			return false
		}
		info, err := fs.Lstat(w.beside, p.name)
		return err == nil && info.IsDir()
	}
	return false
}

// list names what a folder holds, sorted; folders end in a slash.
func (w *world) list(p place) []string {
	names := map[string]bool{}
	switch {
	case p.disk == inTree:
		entries, err := w.pinned.ReadDir(w.ctx, p.name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.fail(err)
		}
		for _, e := range entries {
			names[e.Name] = e.Mode == tree.Folder
		}
	case p.disk == beside && w.beside != nil:
		name := p.name
		if name == "" {
			name = "."
		}
		entries, _ := fs.ReadDir(w.beside, name)
		for _, e := range entries {
			if e.Name() != ".git" && e.Type()&fs.ModeSymlink == 0 {
				names[e.Name()] = e.IsDir()
			}
		}
	}
	hidden := map[string]bool{}
	for q, f := range w.over {
		rest, ok := strings.CutPrefix(q.name, p.name+"/")
		if p.name == "" {
			rest, ok = q.name, q.name != ""
		}
		if q.disk != p.disk || !ok {
			continue
		}
		first, below, deep := strings.Cut(rest, "/")
		switch {
		case f.gone && !deep:
			hidden[first] = true
		case !f.gone:
			names[first] = names[first] || deep && below != "" || f.folder
		}
	}
	for name := range hidden {
		if f := w.over[place{p.disk, path.Join(p.name, name)}]; f.gone && !w.alive(p.disk, path.Join(p.name, name)) {
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

// folders lists a folder and those below it.
func (w *world) folders(p place) []place {
	out := []place{p}
	for _, name := range w.list(p) {
		if strings.HasSuffix(name, "/") {
			out = append(out, w.folders(place{p.disk, path.Join(p.name, name)})...)
		}
	}
	return out
}

// vanish takes a folder away, which holds no file any more, with those below it.
func (w *world) vanish(p place) {
	for _, one := range w.folders(p) {
		w.write(one, &file{gone: true})
	}
}

// prune takes away the folders above removed files that are empty now, as git does, which keeps no folders.
func (w *world) prune(removed []place) {
	for _, p := range removed {
		for p.name = path.Dir(p.name); p.name != "." && w.isFolder(p) && len(w.list(p)) == 0; p.name = path.Dir(p.name) {
			w.write(p, &file{gone: true})
		}
	}
}

// pruneAll takes away every folder of the tree that is empty, as git does where it removes files.
func (w *world) pruneAll() {
	var removed []place
	for p, f := range w.over {
		if p.disk == inTree && f.gone {
			removed = append(removed, p)
		}
	}
	w.prune(removed)
}

// alive says that something below a removed name was made anew.
func (w *world) alive(disk byte, name string) bool {
	for q, f := range w.over {
		if q.disk == disk && !f.gone && strings.HasPrefix(q.name, name+"/") {
			return true
		}
	}
	return false
}

// files lists the files at or below a place, sorted.
func (w *world) files(p place) []place {
	if w.read(p) != nil {
		return []place{p}
	}
	var out []place
	for _, name := range w.list(p) {
		one := place{p.disk, path.Join(p.name, name)}
		if strings.HasSuffix(name, "/") {
			out = append(out, w.files(one)...)
		} else {
			out = append(out, one)
		}
	}
	return out
}
