// Package conflict shows what a person has to decide where a file does not merge: the three sides of a file, or what
// can be known of them, go in; the regions in which they differ, and the file with markers, come out. Whether it is a
// conflict, and what the message says, package apply decides.
package conflict

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Region is one region of a file in which upstream and a change differ from their base in different ways.
type Region struct {
	File                  string
	Line                  int // of Upstream, in the file as upstream has it
	Base, Upstream, Yours []string
	Key                   series.ResolutionKey // of the file, the same for all of its regions

	Supposed bool   // base is not known: it is made of the change's own lines
	Nominal  bool   // with Supposed: some regions of the file are only where the patch says
	From     string // upstream moved the file to File from here
	Open     bool   // an edit of a file that upstream moved, which a person makes in the file it was moved to
	whole    bool   // the sides are modes or names of the whole file, not lines
	marked   []byte // the file with markers; nil: a merge of the files makes it

	Files [3]*tree.File // base, upstream and yours, as a whole; nil is a side without the file
}

// markers are what stands behind the markers of a conflict.
var markers = diff.Names{Ours: "upstream", Base: "base", Theirs: "yours"}

// texts are lines without their ends.
func texts(lines [][]byte) []string {
	var out []string
	for _, l := range lines {
		out = append(out, string(bytes.TrimRight(l, "\r\n")))
	}
	return out
}

// Binary reports whether a side is no text, so that there are no lines to show.
func (u Region) Binary() bool {
	return slices.ContainsFunc(u.Files[:], func(f *tree.File) bool { return f != nil && diff.IsBinary(f.Data) })
}

// Sides are the conflict's base, upstream and yours; one that is not there is nil.
func (u Region) Sides() [3]*tree.File {
	sides := u.Files
	if u.Key.Base == tree.NoBlob {
		sides[0] = nil
	}
	return sides
}

// Marked returns a conflict's file as git's diff3 style shows it, for a person to resolve.
func (u Region) Marked() []byte {
	if u.marked != nil {
		return u.marked
	}
	return diff.Marked(u.Files[0].Data, u.Files[1].Data, u.Files[2].Data, diff.Diff3, markers)
}

// describe shows sides that are no lines by their sizes and ids.
func (u *Region) describe() {
	for i, shown := range []*[]string{&u.Base, &u.Upstream, &u.Yours} {
		if f := u.Sides()[i]; f != nil {
			*shown = []string{fmt.Sprintf("%s, blob %s", plural.Of(len(f.Data), "byte"), tree.BlobID(f.Data).Short())}
		}
	}
}

// Lines reports whether the file in a work tree is to have markers: its sides are lines of text, and not names, modes,
// links or pictures.
func (u Region) Lines() bool {
	if u.whole || u.Open || u.Binary() {
		return false
	}
	for _, f := range u.Files {
		if f != nil && f.Mode != 0 && !f.Mode.IsRegular() {
			return false
		}
	}
	return u.marked != nil || u.Files[1] != nil && u.Files[2] != nil
}

// Lacks names the side that has no such file, "" where both have it: upstream or yours.
func (u Region) Lacks() string {
	switch {
	case u.whole, u.Open:
	case u.Files[1] == nil:
		return "upstream"
	case u.Files[2] == nil:
		return "yours"
	}
	return ""
}

// KeyOf names the three sides of a file; nil is one that has no such file.
func KeyOf(pre, ours, theirs *tree.File) series.ResolutionKey {
	id := func(f *tree.File) tree.ID {
		if f == nil {
			return tree.NoBlob
		}
		return tree.BlobID(f.Data)
	}
	return series.ResolutionKey{Base: id(pre), Upstream: id(ours), Yours: id(theirs)}
}
