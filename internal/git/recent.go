package git

import (
	"sync"

	"github.com/howdah/howdah/internal/tree"
)

// recent keeps the files that were read last, of together some megabytes: a series asks for the same ones again and
// again, and git unpacks each anew.
type recent struct {
	mu          sync.Mutex
	fresh, last map[tree.ID][]byte
	size        int // of fresh
}

// keptFiles is how many bytes each of both maps holds.
const keptFiles = 32 << 20

func (r *recent) get(id tree.ID) ([]byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	data, ok := r.fresh[id]
	if !ok {
		if data, ok = r.last[id]; ok {
			r.keep(id, data)
		}
	}
	return data, ok
}

func (r *recent) put(id tree.ID, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keep(id, data)
}

func (r *recent) keep(id tree.ID, data []byte) {
	if r.size += len(data); r.fresh == nil || r.size > keptFiles {
		r.fresh, r.last, r.size = map[tree.ID][]byte{}, r.fresh, len(data)
	}
	r.fresh[id] = data
}
