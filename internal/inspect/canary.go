package inspect

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

// shortest is how long a text must be to be looked for: a shorter one is everywhere by chance.
const shortest = 8

// finder looks for texts in streams.
type finder struct {
	texts   [][]byte
	longest int
	buf     []byte
}

func newFinder(canaries []string) *finder {
	f := &finder{}
	for _, c := range canaries {
		if len(c) < shortest {
			c = "" // keeps the others' indexes
		}
		f.texts = append(f.texts, []byte(c))
		f.longest = max(f.longest, len(c))
	}
	f.buf = make([]byte, f.longest+256<<10)
	return f
}

// in returns the indexes of the texts in data.
func (f *finder) in(data []byte) (found []int) {
	for i, text := range f.texts {
		if len(text) > 0 && bytes.Contains(data, text) {
			found = append(found, i)
		}
	}
	return found
}

// copy reads a stream to its end, and returns its first bytes and the indexes of the texts in it. Each window begins
// with the end of the one before, so that a text across both is found.
func (f *finder) copy(r io.Reader, keep int) (kept []byte, found []int, err error) {
	held := 0
	for {
		n, err := io.ReadFull(r, f.buf[held:])
		if room := keep - len(kept); room > 0 {
			kept = append(kept, f.buf[held:held+min(n, room)]...)
		}
		window := f.buf[:held+n]
		for _, i := range f.in(window) {
			if !slices.Contains(found, i) {
				found = append(found, i)
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return kept, found, nil
		}
		if err != nil {
			return kept, found, err
		}
		held = copy(f.buf, window[max(0, len(window)-max(0, f.longest-1)):])
	}
}
