// Package series is the model of a series of changes, and its files: series.toml, a quilt series, folders of patches,
// series.lock.
//
// Load reads folders into a Series, and returns each mistake with its file and line. A Document is a series.toml that
// is edited in place; a Lock is series.lock. The package reads through fs.FS and writes nothing: it returns bytes.
// Package apply applies a series to a tree.
package series

import (
	"io/fs"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/schedule"
	"github.com/howdah/howdah/internal/tree"
)

// Folder is one folder of changes. It has a series.toml, or a quilt series, or only *.patch and *.diff files.
type Folder struct {
	Name string // as printed before the names of its files: "patches"
	FS   fs.FS
}

// Series has the changes of all folders, in order.
type Series struct {
	Changes     []*Change
	Resolutions Resolutions // from the folders' resolutions/
	Undecided   []string    // where imports left lines and patches as comments for a person to decide: FILE:LINE
	Unused      []string    // files in a folder of patches that are not applied, and why

	LineEnds []fault.Hint // of each folder with overlays in which every file has CRLF: what git did, and what mends it

	listed bool // a folder has a list of its changes: series.toml, or quilt's series
}

// Kind is what a change does to a tree.
type Kind string

// The kinds of changes. KindLanded is an entry that changes nothing, and fails when upstream no longer contains the
// commit that it names.
const (
	KindEdit    Kind = "edit"
	KindPatch   Kind = "patch"
	KindPull    Kind = "pull"
	KindOverlay Kind = "overlay"
	KindLanded  Kind = "landed"
)

// Change is one entry of a series. Kind says which one of Edits, Patch, Pull, Overlay and Landed is set.
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
	Allow    []string // classes of safety.Guarded that its allow lists
	granted  []string // classes that this run allows to every change

	File string // the file that lists it, with the folder's name
	Line int    // of its name there
	Sum  string // sha256, in hex, of everything that decides how it applies

	Notes   []string     // what was corrected in a patch that is not in git's form
	Refused *fault.Error // why it is unsafe or malformed; the rest of it was not read
}

// Edit is one replacement, with the number of matches that it expects.
type Edit struct {
	File    string
	Find    string // exact text; or
	Match   string // RE2, with (?m)
	Replace string // $1 expands with Match only
	Count   int
	Line    int // in series.toml
}

// File is a patch file.
type File struct {
	Name  string // with the folder's name
	Data  []byte
	Strip int // leading parts to remove from each path: 1 in git's form
	Files []*diff.File
	quilt bool // from a folder of patches, which may be of other tools than git

	stated   bool   // a quilt series says -pN
	reverse  bool   // a quilt series says -R
	unpacked string // the program that it was compressed with, or ""
}

// Overlay is a set of whole files that replace or add files of the tree.
type Overlay struct {
	Folder string               // below overlays/; or
	Local  map[string]tree.File // its files, by their path in the tree

	Repository string
	Commit     tree.ID
	Paths      map[string]string // from a file or folder in the repository to one in the tree
	Sum        string            // sha256 of the list of the files; "" is not checked

	Over map[string]string // by path: the sha256 of the file that it replaces
}

// Allowed returns the guarded classes that a change may touch.
func (c *Change) Allowed() []string { return slices.Concat(c.Allow, c.granted) }

// Reachable returns the series without the changes in missing, whose contents cannot be read.
func (s *Series) Reachable(missing map[*Change]*fault.Error) *Series {
	if len(missing) == 0 {
		return s
	}
	out := &Series{Resolutions: s.Resolutions, Undecided: s.Undecided, Unused: s.Unused, LineEnds: s.LineEnds}
	for _, c := range s.Changes {
		if missing[c] == nil {
			out.Changes = append(out.Changes, c)
		}
	}
	return out
}

// CheckWithout returns an error if no change has one of the names.
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
		err.Hint = nearest.Hint(name, all, "the series has")
		return err
	}
	return nil
}
