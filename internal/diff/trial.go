package diff

// Trial is what becomes of one hunk beside the others that fit.
type Trial struct {
	Line int            // of the old file, one-based, at which the hunk stands
	Err  *ConflictError // nil where it fits, else at the line where the old file is most like it
}

// Try tries each hunk, below those before it that fit.
func (f *File) Try(old []byte) []Trial {
	t := newText(old)
	t.work = new(int)
	out := make([]Trial, len(f.Hunks))
	done, offset := 0, 0
	for i := range f.Hunks {
		h := &f.Hunks[i]
		if at, _, fits := t.place(h, done); fits {
			out[i].Line = at + 1
			done, offset = at+h.OldLines, at-h.from()
			continue
		}
		out[i].Err = t.conflict(h, i, t.resembles(h, done, max(done, h.from()+offset)))
		out[i].Line = out[i].Err.Line
	}
	return out
}
