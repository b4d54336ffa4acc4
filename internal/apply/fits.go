package apply

import (
	"sync"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

// fits keeps whether the hunks of a patch fit a file, and what they make of it: over history most of a change's files
// stay while one is altered. It forgets all of them when they hold too much.
type fits struct {
	mu   sync.Mutex
	made map[fitKey]fit
	size int
}

type fitKey struct {
	patch *diff.File
	old   tree.ID
}

type fit struct {
	next   []byte
	placed []diff.Placement
	work   int
	err    error
}

// of is FitCounted, once for each content.
func (m *fits) of(f *diff.File, old *tree.File) fit {
	key := fitKey{f, old.ID()}
	m.mu.Lock()
	found, known := m.made[key]
	m.mu.Unlock()
	if known {
		return found
	}
	found = newFit(f, old)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.size += len(found.next) + judgedWeighed; m.made == nil || m.size > maxJudged {
		m.made, m.size = map[fitKey]fit{}, len(found.next)+judgedWeighed
	}
	m.made[key] = found
	return found
}

func newFit(f *diff.File, old *tree.File) (out fit) {
	out.next, out.placed, out.err = f.FitCounted(old.Data, &out.work)
	return out
}

// fit looks for the places of a patch's hunks. Only a brief run keeps what it finds: it sees the same files often.
func (r *Run) fit(f *diff.File, old *tree.File) fit {
	if !r.in.Brief || f.New {
		return newFit(f, old)
	}
	return r.memo.fits.of(f, old)
}
