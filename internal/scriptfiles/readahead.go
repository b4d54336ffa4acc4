package scriptfiles

import (
	"io/fs"

	"github.com/howdah/howdah/internal/tree"
)

// A folder of upstream's is read as a whole once one in aheadShare of the files in it and below was asked for, and at
// least aheadFrom of them: a partial clone fetches each file that is read alone by itself. A script that names a few
// dozen files far apart fetches no others.
const (
	aheadFrom  = 8
	aheadShare = 64
)

// readAhead notes that a file of the pinned tree is about to be read, and reads with it the largest folder around it
// of which the script reads much.
func (w *World) readAhead(name string) {
	dirs := []string{""}
	for i, c := range name {
		if c == '/' {
			dirs = append(dirs, name[:i])
		}
	}
	for _, dir := range dirs {
		if w.read.ahead[dir] {
			return
		}
	}
	for _, dir := range dirs {
		w.read.asked[dir]++
	}
	for _, dir := range dirs {
		n := w.read.asked[dir]
		if n < aheadFrom || n&(n-1) != 0 { // a walk at 8, 16, 32, … files costs no more than what they allow to read
			continue
		}
		if ids := w.blobsBelow(dir, n*aheadShare); ids != nil {
			// whoever needs a file that cannot be read finds out then
			w.read.ahead[dir] = w.Pinned.ReadAhead(w.ctx, ids) == nil
			return
		}
	}
}

// blobsBelow lists the contents of the files in a folder of the pinned tree and below it; nil where there are more
// than most.
func (w *World) blobsBelow(dir string, most int) []tree.ID {
	e, err := w.Pinned.Lookup(w.ctx, dir)
	if err != nil {
		return nil
	}
	var ids []tree.ID
	err = w.Pinned.WalkIn(w.ctx, e, func(_ string, e tree.Entry) error {
		if e.Mode.IsFolder() || e.Mode == tree.Submodule {
			return nil
		}
		if len(ids) == most {
			ids = nil
			return fs.SkipAll
		}
		ids = append(ids, e.ID)
		return nil
	})
	if err != nil {
		return nil
	}
	return ids
}
