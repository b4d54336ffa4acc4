package diff

import "slices"

// Reverse is the diff from the new file to the old one.
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
