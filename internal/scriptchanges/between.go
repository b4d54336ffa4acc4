package scriptchanges

import (
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

// Between is the diff of one file.
func Between(w Written) *diff.File {
	if Same(w.Before, w.After) {
		return nil
	}
	var old, fresh []byte
	if w.Before != nil {
		old = w.Before.Data
	}
	if w.After != nil {
		fresh = w.After.Data
	}
	f := diff.Texts(w.Name, old, fresh)
	if f == nil {
		f = &diff.File{OldName: w.Name, NewName: w.Name}
	}
	switch {
	case w.Before == nil:
		f.New, f.OldName, f.NewMode = true, "", uint32(w.After.Mode)
	case w.After == nil:
		f.Deleted, f.NewName, f.OldMode = true, "", uint32(w.Before.Mode)
	default:
		f.OldMode, f.NewMode = uint32(w.Before.Mode), uint32(w.After.Mode)
	}
	f.OldID, f.NewID = noBlob, noBlob
	if w.Before != nil {
		f.OldID = string(tree.BlobID(old))
	}
	if w.After != nil {
		f.NewID = string(tree.BlobID(fresh))
	}
	return f
}

// noBlob is the id of a file that is not there.
const noBlob = "0000000000000000000000000000000000000000"

// renamed joins a file that is gone and a new one with its content to one rename.
func renamed(files []Written) (renames []*diff.File, rest []Written) {
	taken := map[int]bool{}
	for i, from := range files {
		if from.After != nil || from.Before == nil {
			continue
		}
		for k, to := range files {
			if !taken[k] && to.Before == nil && to.After != nil && Same(from.Before, to.After) {
				taken[i], taken[k] = true, true
				mode := uint32(to.After.Mode)
				renames = append(renames, &diff.File{OldName: from.Name, NewName: to.Name, OldMode: mode, NewMode: mode,
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
