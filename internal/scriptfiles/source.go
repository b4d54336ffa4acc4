package scriptfiles

import (
	"bytes"
	"io/fs"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/quilt"
)

// Source finds the file that is read where a place is named. One of another folder of the script's machine may lie
// beside the script, under the end of its path: /root/patches/a.patch as patches/a.patch or a.patch.
func (w *World) Source(p Place) Place {
	if p.Disk == Beside || w.Exists(p) || p.Disk == InTree && !quilt.IsPatch(p.Name) { // upstream may have had it
		return p
	}
	return w.ownCopy(p, w.Exists)
}

// SourceFolder does the same for a folder. Of a folder of the script's machine that is nowhere, what is below it may
// still lie beside the script.
func (w *World) SourceFolder(p Place) (from Place, found bool) {
	if w.IsFolder(p) {
		return p, true
	}
	from = w.ownCopy(p, w.IsFolder)
	above := w.ownCopy(At(p.Disk, path.Dir(p.Name)), w.IsFolder)
	return from, p.Disk == Outside && (from.Disk == Beside || above.Disk == Outside)
}

// MayLie lists the files directly beside the script that a folder of the script's machine may have: patches, and those
// whose ending a pattern has, without the script itself and what it removed there. It lists none for a folder in which
// the script made files itself.
func (w *World) MayLie(folder Place, pattern, script string) (out []fs.DirEntry) {
	below := strings.TrimPrefix(folder.Name, "/"+placeholder.For("HOME")) // any home may be meant
	if folder.Disk != Outside || machines(folder.Name) || placeholder.In(below) || len(w.List(folder)) > 0 {
		return nil
	}
	for _, e := range w.entries(At(Beside, "")) {
		_, written := w.Over[At(Outside, path.Join(folder.Name, e.Name()))]
		end := strings.TrimPrefix(path.Ext(e.Name()), ".")
		named := end != "" && strings.Contains(pattern, end) && e.Name() != script
		if !written && !e.IsDir() && (named || quilt.IsPatch(e.Name())) {
			out = append(out, e)
		}
	}
	return out
}

// machines reports whether a path is one of the machine's own, whose files are nobody's.
func machines(name string) bool {
	top, _, _ := strings.Cut(strings.TrimPrefix(name, "/"), "/")
	return top == "dev" || top == "proc" || top == "sys"
}

// ownCopy finds what lies beside the script under the end of a path of another folder. What the script itself removed
// is not looked for.
func (w *World) ownCopy(p Place, exists func(Place) bool) Place {
	rest := strings.TrimPrefix(p.Name, "/")
	if _, written := w.Over[p]; written || p.Disk == Outside && machines(p.Name) {
		return p
	}
	for ; rest != ""; _, rest, _ = strings.Cut(rest, "/") {
		if own := At(Beside, rest); !placeholder.In(rest) && exists(own) {
			return own
		}
	}
	return p
}

// CopiedFrom finds the file beside the script that was copied to a place: it has the end of its path, and its content.
func (w *World) CopiedFrom(p Place) (from Place, found bool) {
	f := w.Read(p)
	if f == nil || f.Why != "" {
		return p, false
	}
	for rest := strings.TrimPrefix(p.Name, "/"); rest != ""; _, rest, _ = strings.Cut(rest, "/") {
		if own := w.Read(At(Beside, rest)); own != nil && bytes.Equal(own.Data, f.Data) {
			return At(Beside, rest), true
		}
	}
	return p, false
}

// entries lists a folder as patterns of the shell look at it.
func (w *World) entries(p Place) (out []fs.DirEntry) {
	for _, one := range w.List(p) {
		plain := strings.TrimSuffix(one, "/")
		out = append(out, Listed(plain, plain != one))
	}
	return out
}

// EntriesAt does the same for a folder as the script names it. Where the script's own folder seems to be the tree, the
// files beside the script are in it too.
func (w *World) EntriesAt(p Place, abs string) []fs.DirEntry {
	out := w.entries(p)
	if abs != placeholder.Folder || p.Disk != InTree {
		return out
	}
	for _, e := range w.entries(At(Beside, "")) {
		if !w.Exists(At(InTree, path.Join(p.Name, e.Name()))) {
			out = append(out, e)
		}
	}
	return out
}
