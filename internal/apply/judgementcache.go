package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// judged caches judgements by what the tree has at the paths that decide them: over history, a commit touches the
// files of few changes. When it holds too much, it starts over.
type judged struct {
	mu   sync.Mutex
	by   map[*series.Change]*judgedChange
	size int
}

type judgedChange struct {
	reads [][]string // lists of paths that decided a judgement
	found map[string]*judgement
}

const (
	maxJudged     = 32 << 20 // bytes of all cached judgements
	maxReads      = 4        // lists of paths for one change
	judgedWeighed = 512      // the size of a judgement without its files, in bytes
)

// get returns the cached judgement of a change on a tree like t, or nil.
func (m *judged) get(ctx context.Context, c *series.Change, t *tree.Tree) (*judgement, error) {
	m.mu.Lock()
	var reads [][]string
	if of := m.by[c]; of != nil {
		reads = of.reads
	}
	m.mu.Unlock()
	for i, paths := range reads {
		key, err := stateAt(ctx, t, i, paths)
		if err != nil {
			return nil, err
		}
		m.mu.Lock()
		var found *judgement
		if of := m.by[c]; of != nil && len(of.reads) > i && slices.Equal(of.reads[i], paths) {
			found = of.found[key]
		}
		m.mu.Unlock()
		if found != nil {
			own := *found
			return &own, nil
		}
	}
	return nil, nil
}

// put caches a judgement on t, unless it depends on more of the tree than the paths that it read.
func (m *judged) put(ctx context.Context, c *series.Change, t *tree.Tree, j *judgement) error {
	if j.searched {
		return nil
	}
	paths := slices.Sorted(maps.Keys(j.reads))
	size := judgedWeighed
	for _, f := range j.files {
		if f != nil {
			size += len(f.Data)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.size += size; m.by == nil || m.size > maxJudged {
		m.by, m.size = map[*series.Change]*judgedChange{}, size
	}
	of := m.by[c]
	if of == nil {
		of = &judgedChange{found: map[string]*judgement{}}
		m.by[c] = of
	}
	i := slices.IndexFunc(of.reads, func(known []string) bool { return slices.Equal(known, paths) })
	if i < 0 {
		if i = len(of.reads); i == maxReads {
			return nil
		}
		of.reads = append(of.reads[:i:i], paths)
	}
	key, err := stateAt(ctx, t, i, paths)
	if err != nil {
		return err
	}
	kept := *j
	kept.files = make(map[string]*tree.File, len(j.files))
	for name, f := range j.files {
		kept.files[name] = f.Named()
	}
	of.found[key] = &kept
	return nil
}

// sameAt reports whether two trees have the same at paths.
func sameAt(ctx context.Context, paths []string, a, b *tree.Tree) (bool, error) {
	one, err := stateAt(ctx, a, 0, paths)
	if err != nil {
		return false, err
	}
	other, err := stateAt(ctx, b, 0, paths)
	return one == other, err
}

// stateAt describes what a tree has at paths: a file, nothing, or a file in place of a parent folder.
func stateAt(ctx context.Context, t *tree.Tree, list int, paths []string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", list)
	for _, name := range paths {
		e, err := t.Lookup(ctx, name)
		switch {
		case err == nil:
			b.WriteString(" " + e.Mode.String() + string(e.ID))
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		}
		b.WriteString(" -")
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			e, err := t.Lookup(ctx, dir)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", err
			}
			if err == nil {
				if !e.Mode.IsFolder() {
					b.WriteString(dir)
				}
				break
			}
		}
	}
	return b.String(), nil
}
