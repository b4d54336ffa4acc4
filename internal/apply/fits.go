package apply

import (
	"sync"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

// fits caches whether the hunks of a patch fit a file, and the result: over history, most files of a change stay the
// same while one is altered. When it holds too much, it starts over.
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

// of returns FitCounted of the patch, computed once for each content.
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

// fit searches for the places of a patch's hunks. Only a brief run uses the cache: it sees the same files often.
func (r *Run) fit(f *diff.File, old *tree.File) fit {
	if !r.in.Brief || f.New {
		return newFit(f, old)
	}
	return r.memo.fits.of(f, old)
}
