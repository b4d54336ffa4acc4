package diff

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

// sides returns the contents before and after a binary patch, of which it has at least one as it is.
func (b *Binary) sides() (old, fresh []byte, ok bool) {
	old, fresh = b.reverse.Data, b.Forward.Data
	var err error
	switch {
	case b.reverse.Delta && b.Forward.Delta:
		return nil, nil, false
	case b.reverse.Delta:
		old, err = applyDelta(fresh, old)
	case b.Forward.Delta:
		fresh, err = applyDelta(old, fresh)
	}
	return old, fresh, err == nil
}

// Lines returns the lines that the hunks remove, and those that they add, both with their context.
func (f *File) Lines() (old, fresh []byte) {
	for i := range f.Hunks {
		before, after := f.Hunks[i].sides()
		old, fresh = append(old, before...), append(fresh, after...)
	}
	return old, fresh
}
