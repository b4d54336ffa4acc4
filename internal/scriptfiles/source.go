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
	from = w.ownCopy(p, w.IsFolder)
	above := w.ownCopy(At(p.Disk, path.Dir(p.Name)), w.IsFolder)
	return from, p.Disk == Outside && (from.Disk == Beside || above.Disk == Outside)
}

// ownCopy finds what lies beside the script under the end of a path of another folder. What the script itself removed
// is not looked for.
func (w *World) ownCopy(p Place, exists func(Place) bool) Place {
	rest := strings.TrimPrefix(p.Name, "/")
	top, _, _ := strings.Cut(rest, "/")
	if _, written := w.Over[p]; written || p.Disk == Outside && (top == "dev" || top == "proc" || top == "sys") {
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

// Entries lists a folder as patterns of the shell look at it.
func (w *World) Entries(p Place) (out []fs.DirEntry) {
	for _, one := range w.List(p) {
		plain := strings.TrimSuffix(one, "/")
		out = append(out, Listed(plain, plain != one))
	}
	return out
}
