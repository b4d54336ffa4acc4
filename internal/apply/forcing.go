package apply

import (
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
)

// forcing caches, for one run, the merges in which a change's own lines win: each failing change forces mostly the same
// earlier ones onto the same tree. When it holds too much, it starts over.
type forcing struct {
	made map[forcedSides][]byte
	size int
}

// forcedSides are what such a merge is made of.
type forcedSides struct {
	pre, post *tree.File
	ours      tree.ID
}

// maxForced is how many bytes a run keeps of such merges.
const maxForced = 32 << 20

// merge returns a file with a change in it, whose lines win where it conflicts.
func (m *forcing) merge(one treediff.FileChange, ours *tree.File) []byte {
	key := forcedSides{one.Pre, one.Post, tree.BlobID(ours.Data)}
	if made, known := m.made[key]; known {
		return made
	}
	made := diff.MergeTheirs(one.Pre.Data, ours.Data, one.Post.Data)
	if m.size += len(made); m.made == nil || m.size > maxForced {
		m.made, m.size = map[forcedSides][]byte{}, len(made)
	}
	m.made[key] = made
	return made
}
