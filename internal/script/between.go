package script

import (
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

// between is the diff of one file.
func between(w written) *diff.File {
	if same(w.before, w.after) {
		return nil
	}
	var old, fresh []byte
	if w.before != nil {
		old = w.before.data
	}
	if w.after != nil {
		fresh = w.after.data
	}
	f := diff.Texts(w.name, old, fresh)
	if f == nil {
		f = &diff.File{OldName: w.name, NewName: w.name}
	}
	switch {
	case w.before == nil:
		f.New, f.OldName, f.NewMode = true, "", uint32(w.after.mode)
	case w.after == nil:
		f.Deleted, f.NewName, f.OldMode = true, "", uint32(w.before.mode)
	default:
		f.OldMode, f.NewMode = uint32(w.before.mode), uint32(w.after.mode)
	}
	f.OldID, f.NewID = noBlob, noBlob
	if w.before != nil {
		f.OldID = string(tree.BlobID(old))
	}
	if w.after != nil {
		f.NewID = string(tree.BlobID(fresh))
	}
	return f
}

// noBlob is the id of a file that is not there.
const noBlob = "0000000000000000000000000000000000000000"

// renamed makes one of a file that is gone and one that has its content.
func renamed(files []written) (renames []*diff.File, rest []written) {
	taken := map[int]bool{}
	for i, from := range files {
		if from.after != nil || from.before == nil {
			continue
		}
		for k, to := range files {
			if !taken[k] && to.before == nil && to.after != nil && same(from.before, to.after) {
				taken[i], taken[k] = true, true
				mode := uint32(to.after.mode)
				renames = append(renames, &diff.File{OldName: from.name, NewName: to.name, OldMode: mode, NewMode: mode,
					Rename: true, Similarity: 100})
				break
			}
		}
	}
	for i, w := range files {
		if !taken[i] {
			rest = append(rest, w)
		}
	}
	return renames, rest
}
