package landed

import (
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// inks counts, by a file's id, its bytes that are not white space, which are the ones that a patch-id sees. Two diffs
// with one identity make files grow by the same number. That can be checked without comparing lines, and once for all
// searches.
type inks map[tree.ID]int

// binaryInk marks a binary file.
const binaryInk = -1

// ink counts the bytes that are not white space, as patch-ids define it.
func ink(data []byte) (n int) {
	for _, c := range data {
		switch c {
		case ' ', '\t', '\n', '\r':
		default:
			n++
		}
	}
	return n
}

// note counts a file that was read.
func (k inks) note(id tree.ID, data []byte) {
	if k[id] = ink(data); diff.IsBinary(data) {
		k[id] = binaryInk
	}
}

// grown returns by how much a commit makes the files that it touched grow; ok is false if the count says nothing.
func (k inks) grown(touched []mainline.Touch) (n int, ok bool) {
	for _, t := range touched {
		for i, v := range [2]mainline.Version{t.Old, t.New} {
			if !v.Exists() {
				continue
			}
			count, known := k[v.ID]
			if !known || count == binaryInk || v.Mode == tree.Submodule {
				return 0, false
			}
			if i == 0 {
				count = -count
			}
			n += count
		}
	}
	return n, true
}

// growth returns by how much a diff makes its files grow.
func growth(files []*diff.File) (n int) {
	for text := range lines(files, '+') {
		n += ink(text)
	}
	for text := range lines(files, '-') {
		n -= ink(text)
	}
	return n
}
