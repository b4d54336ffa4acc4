// Package diff parses, applies, makes and merges differences between texts, as git does. It works on bytes, and knows
// neither trees nor repositories.
//
// [Parse] reads a unified diff in git's form, strictly; [File.Apply] applies its hunks without fuzz; [Merge] is the
// three-way merge; [Diff] and [Format] write what Parse reads; [PatchID] identifies a diff wherever its lines are.
package diff

import (
	"fmt"
	"slices"
)

var newline = []byte{'\n'}

// File is what a diff does to one file. Names have no "a/" or "b/"; for a new or removed file, the other name is "".
type File struct {
	OldName, NewName string
	OldMode, NewMode uint32 // as in git: 0100644; 0 if the diff does not have it
	OldID, NewID     string // of the index line, perhaps abbreviated; "" without one
	New, Deleted     bool
	Rename, Copy     bool
	Similarity       int // in percent, of a rename or copy; 0 if the diff does not have it
	Binary           *Binary
	Hunks            []Hunk
	Line             int // of the diff, one-based
	Part             int // in a mailbox or log with several commits: the number of the commit, from 0
}

// Name returns the new name, or the old one if the file is removed.
func (f *File) Name() string {
	if f.NewName == "" {
		return f.OldName
	}
	return f.NewName
}

// Reverse returns the diff from the new file to the old one.
func (f *File) Reverse() *File {
	r := *f
	r.OldName, r.NewName, r.OldMode, r.NewMode, r.OldID, r.NewID = f.NewName, f.OldName, f.NewMode, f.OldMode, f.NewID,
		f.OldID
	r.New, r.Deleted = f.Deleted, f.New
	if f.Binary != nil {
		r.Binary = &Binary{Forward: f.Binary.reverse, reverse: f.Binary.Forward}
	}
	r.Hunks = slices.Clone(f.Hunks)
	for i := range r.Hunks {
		h := &r.Hunks[i]
		h.OldStart, h.OldLines, h.NewStart, h.NewLines = h.NewStart, h.NewLines, h.OldStart, h.OldLines
		h.Lines = slices.Clone(h.Lines)
		for k := range h.Lines {
			switch h.Lines[k].Op {
			case '-':
				h.Lines[k].Op = '+'
			case '+':
				h.Lines[k].Op = '-'
			}
		}
	}
	return &r
}

// Hunk is a run of lines to replace. Lines keep their line feeds; the last one may lack it.
type Hunk struct {
	OldStart, OldLines int // one-based; with 0 lines, the line before
	NewStart, NewLines int
	Section            string // the text after the second @@
	Lines              []Line
	line               int // of the diff at which it begins
}

// Line is one line of a hunk.
type Line struct {
	Op   byte // ' ', '-' or '+'
	Text []byte
}

// Context returns the number of context lines at a hunk's head and end.
func (h *Hunk) Context() (head, end int) {
	for head < len(h.Lines) && h.Lines[head].Op == ' ' {
		head++
	}
	for end < len(h.Lines)-head && h.Lines[len(h.Lines)-1-end].Op == ' ' {
		end++
	}
	return head, end
}

// Contents returns a file's contents before and after the diff, if the diff has both completely: it adds or removes the
// file, or is a binary patch with one of the contents as it is. Otherwise ok is false.
func (f *File) Contents() (old, fresh []byte, ok bool) {
	switch b := f.Binary; {
	case b != nil && b.Forward != nil && b.reverse != nil:
		return b.sides()
	case b != nil, !f.New && !f.Deleted, len(f.Hunks) > 1:
		return nil, nil, false
	}
	for i := range f.Hunks {
		old, fresh = f.Hunks[i].sides()
	}
	return old, fresh, true
}

// Lines returns the lines that the hunks remove, and those that they add, both with their context.
func (f *File) Lines() (old, fresh []byte) {
	for i := range f.Hunks {
		before, after := f.Hunks[i].sides()
		old, fresh = append(old, before...), append(fresh, after...)
	}
	return old, fresh
}

// ParseError says where a diff is malformed.
type ParseError struct {
	Line int // one-based
	What string
}

func (e *ParseError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.What) }
