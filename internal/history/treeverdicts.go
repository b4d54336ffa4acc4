package history

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"sync"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// treeVerdicts caches judgements on whole trees of upstream, for all series that were asked about in one repository.
// The key has everything a judgement depends on: the judge, its subjects, the tree, and which subjects upstream
// contained. So a search takes the same steps with and without the cache.
type treeVerdicts struct {
	file string // "": not saved
	mu   sync.Mutex
	made map[string][]Judgement
	used map[string]bool
	more bool // has entries that the file does not have
}

// Limits of the file: reading more takes longer than judging again. Beyond one of them, the file keeps what the last
// run used.
const (
	mostTreeVerdicts = 20_000
	mostTreeBytes    = 4 << 20
)

func loadTreeVerdicts(cache, dir string) *treeVerdicts {
	v := &treeVerdicts{made: map[string][]Judgement{}, used: map[string]bool{}}
	if cache == "" {
		return v
	}
	sum := sha256.Sum256([]byte(dir))
	v.file = filepath.Join(cache, fmt.Sprintf("trees-%x", sum[:8]))
	data := mainline.ReadCache(v.file)
	if len(data) > mostTreeBytes || json.Unmarshal(data, &v.made) != nil || v.made == nil {
		v.made = map[string][]Judgement{}
	}
	return v
}

// save writes the file if there are new entries.
func (v *treeVerdicts) save() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.file == "" || !v.more {
		return
	}
	data, fits := v.encoded()
	if !fits {
		maps.DeleteFunc(v.made, func(key string, _ []Judgement) bool { return !v.used[key] })
		if data, fits = v.encoded(); !fits {
			return
		}
	}
	mainline.WriteCache(v.file, string(data))
	v.more = false
	forgetOld(filepath.Dir(v.file))
}

// encoded returns what the file would hold, and whether that is within its limits.
func (v *treeVerdicts) encoded() ([]byte, bool) {
	if len(v.made) > mostTreeVerdicts {
		return nil, false
	}
	data, err := json.Marshal(v.made)
	return data, err == nil && len(data) <= mostTreeBytes
}

// of returns the judgements under a key if they are for so many subjects, or nil.
func (v *treeVerdicts) of(key string, subjects int) []Judgement {
	v.mu.Lock()
	defer v.mu.Unlock()
	found := v.made[key]
	if len(found) != subjects {
		return nil
	}
	v.used[key] = true
	return found
}

func (v *treeVerdicts) keep(key string, judged []Judgement) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.made[key], v.used[key], v.more = judged, true, true
}

// onTree is a judge's access to the cache.
type onTree struct {
	*treeVerdicts
	judge string
}

func (v *treeVerdicts) by(judge Judge) onTree { return onTree{v, nameOf(judge)} }

// key returns the key of the judgements on a tree; in are the subjects that upstream contains.
func (o onTree) key(root tree.ID, in []int) string { return fmt.Sprint(o.judge, " ", root, in) }

// onTree returns the cached judgements on the tree of a commit of the line, or nil.
func (w *walker) onTree(commit int) []Judgement {
	if w.trees.treeVerdicts == nil {
		return nil
	}
	return w.trees.of(w.treeKey(commit), len(w.times))
}

func (w *walker) keepOnTree(commit int, judged []Judgement) {
	if w.trees.treeVerdicts != nil {
		w.trees.keep(w.treeKey(commit), judged)
	}
}

func (w *walker) treeKey(commit int) string {
	var in []int
	for n, t := range w.times {
		if t.At(commit) != nil {
			in = append(in, n)
		}
	}
	return w.trees.key(w.line[commit].Tree, in)
}
