// Package series is the model and the files of a series of changes: series.toml, a quilt series, folders of patches and
// series.lock. Folders go in and a Series comes out (Load), with each mistake's file and line; a Document is a
// series.toml that is edited in place; a Lock is series.lock. It reads through fs.FS and writes nothing: bytes come
// out. What a series does to a tree is package apply's.
package series

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/schedule"
	"github.com/howdah/howdah/internal/tree"
)

// Folder is one folder of changes: series.toml, a quilt series, or nothing but *.patch and *.diff files.
type Folder struct {
	Name string // as printed before the names of its files: "patches"
	FS   fs.FS
}

// Series is the changes of all folders, in order.
type Series struct {
	Changes     []*Change
	Resolutions Resolutions // of the folders' resolutions/
	Undecided   int         // lines and patches of imports that nobody has decided on, as comments in series.toml
	Unused      []string    // what lies in a folder of patches and is no change: the file, and why
}

// Kind is one of the ways in which a change changes a tree.
type Kind string

// The four kinds, and Proof, an entry that changes nothing and fails when upstream no longer contains what it names.
const (
	KindEdit    Kind = "edit"
	KindPatch   Kind = "patch"
	KindPull    Kind = "pull"
	KindOverlay Kind = "overlay"
	KindLanded  Kind = "landed"
)

// Change is one entry of a series. Exactly one of Edits, Patch, Pull, Overlay and Landed is set, as Kind says.
type Change struct {
	Name string
	Why  string
	Kind Kind

	Edits   []Edit
	Patch   *File
	Pull    string // "owner/repository#N", or "owner/repository@BRANCH"
	Overlay *Overlay
	Landed  string  // "owner/repository#N"
	Commit  tree.ID // with Pull and Landed

	Required bool
	For      schedule.Versions
	Window   schedule.Window
	Allow    []string // paths and folders that Safety would refuse
	granted  []string // those that a person lets it touch for this run

	File string // the file that it stands in, with the folder's name
	Line int    // of its name there
	Sum  string // sha256, in hex, of all that decides how it applies

	Notes   []string     // what was mended of a patch in another form than git's
	Refused *fault.Error // unsafe or malformed: nothing of it was read further
}

// Edit is one counted replacement.
type Edit struct {
	File    string
	Find    string // exact text; or
	Match   string // RE2, with (?m)
	Replace string // $1 expands with Match only
	Count   int
	Line    int // in series.toml
}

// File is a patch as it lies in its folder.
type File struct {
	Name  string // with the folder's name
	Data  []byte
	Strip int // leading parts of each path that are not part of it: 1 as git writes them
	Files []*diff.File
	quilt bool // from a folder of patches, which other tools than git may have written

	stated   bool   // a quilt series says -pN
	reverse  bool   // and -R
	unpacked string // what it was packed with
}

// Overlay is whole files that take their places in the tree.
type Overlay struct {
	Folder string               // below overlays/; or
	Local  map[string]tree.File // its files by the path in the tree

	Repository string
	Commit     tree.ID
	Paths      map[string]string // from a file or folder there to one in the tree
	Sum        string            // sha256 of the list of what is taken; "" is unchecked

	Over map[string]string // the sha256 of each file that is replaced, by its path
}

// Allowed is all that a change may touch of what is guarded.
func (c *Change) Allowed() []string { return slices.Concat(c.Allow, c.granted) }

// Reachable is the series without the changes of which something cannot be read.
func (s *Series) Reachable(missing map[*Change]*fault.Error) *Series {
	if len(missing) == 0 {
		return s
	}
	out := &Series{Resolutions: s.Resolutions, Undecided: s.Undecided, Unused: s.Unused}
	for _, c := range s.Changes {
		if missing[c] == nil {
			out.Changes = append(out.Changes, c)
		}
	}
	return out
}

// CheckWithout refuses names that no change has.
func (s *Series) CheckWithout(names []string) error {
	var all []string
	for _, c := range s.Changes {
		all = append(all, c.Name)
	}
	for _, name := range names {
		if slices.Contains(all, name) {
			continue
		}
		err := fault.New(fault.Usage, "-without=%s names no change", name)
		if near := nearest.Name(name, all); near != "" {
			return err.WithHint("did you mean %q?", near)
		}
		return err.WithHint("the series has: %s", strings.Join(all, ", "))
	}
	return nil
}
