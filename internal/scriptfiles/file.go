package scriptfiles

import (
	"fmt"

	"github.com/howdah/howdah/internal/tree"
)

// File is a file as the script so far leaves it; never changed once made.
type File struct {
	Data    []byte
	Mode    tree.Mode
	Gone    bool
	Folder  bool
	Scratch bool   // a backup that sed made: not part of the result
	Why     string // not "": its content is uncertain, because of this; data is what it was before
	Line    int    // that made it uncertain
	Since   string // that line, as messages name it
}

// Doubt is why a file's content is uncertain, and since which line; "" if it is certain.
func (f *File) Doubt() string {
	if f.Why == "" {
		return ""
	}
	return fmt.Sprintf("%s, since %s", f.Why, f.Since)
}

// ModeOf is the mode that a file has, or gets when it is made.
func (w *World) ModeOf(p Place) tree.Mode {
	if f := w.Read(p); f != nil && f.Mode != 0 {
		return f.Mode
	}
	return tree.Regular
}
