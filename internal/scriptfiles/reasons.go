package scriptfiles

import (
	"maps"
	"path"
	"slices"
)

// Reasons are the folders that may be the tree, by the stage of a Dockerfile whose disk they are on, and how good the
// reasons are. A script has one stage.
type Reasons map[int]map[string]int

func (r Reasons) of(stage int) map[string]int {
	if r[stage] == nil {
		r[stage] = map[string]int{}
	}
	return r[stage]
}

// Note keeps a reason to take a folder for the tree.
func (w *World) Note(root string, n int) {
	if n == weak {
		_, cloned := w.CloneAt(root)
		if _, within := w.CloneAt(path.Dir(root)); within || cloned && !called(root) {
			return // another repository may have folders of these names
		}
		if root != "/" && slices.Contains(everywhere, root) {
			return
		}
		for _, s := range system {
			if _, ok := Below(s, root); ok {
				return
			}
		}
	}
	w.Seen[root] = max(w.Seen[root], n)
	w.stages.of(w.stage)[root] = w.Seen[root]
}

// CloneAt returns the line that clones another repository to where a path lies.
func (w *World) CloneAt(abs string) (line string, found bool) {
	for folder, at := range w.Clones {
		if _, below := Below(folder, abs); below && len(at) >= len(line) {
			line, found = at, true
		}
	}
	return line, found
}

// Enter begins a stage on a disk of its own. Where nothing on it shows for certain where the tree lies, it is taken to
// lie where it does in the other stages.
func (w *World) Enter(stage int) {
	w.stage, w.Seen = stage, maps.Clone(w.stages.of(stage))
	for _, n := range w.Seen {
		if n >= Strong {
			return
		}
	}
	for _, roots := range w.stages {
		for root, n := range roots {
			w.Seen[root] = max(w.Seen[root], n)
		}
	}
}

// Assume takes folders for the tree that an earlier pass has found.
func (w *World) Assume(roots Reasons) {
	w.stages = Reasons{}
	for stage, found := range roots {
		w.stages[stage] = maps.Clone(found)
	}
	w.Enter(0)
}

// Learned puts what was learned into roots, and says whether that was anything new.
func (w *World) Learned(roots Reasons) bool {
	fresh := false
	for stage, found := range w.stages {
		for root, n := range found {
			if known := roots.of(stage); known[root] < n {
				known[root], fresh = n, true
			}
		}
	}
	return fresh
}
