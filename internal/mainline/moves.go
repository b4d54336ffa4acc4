package mainline

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/howdah/howdah/internal/renames"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
)

// Moves finds where upstream's commits moved the files that they removed, edited or not, by comparing contents. It
// caches the answers, which stay the same for ever.
type Moves struct {
	src  *Objects
	file string    // "": not saved
	kept keptMoves // Made is nil: not read yet
	more bool      // has entries that the file does not have
}

// keptMoves is what the file holds.
type keptMoves struct {
	Engine string                        // the version of the code that found them
	Made   map[tree.ID]map[string]string // by commit and old path: the new path
}

// mostMovesBytes limits the file. One that would be larger is not written.
const mostMovesBytes = 8 << 20

func NewMoves(u Upstream, src *Objects) *Moves {
	m := &Moves{src: src}
	if u.Cache != "" {
		sum := sha256.Sum256([]byte(u.Repo.Dir()))
		m.file = filepath.Join(u.Cache, fmt.Sprintf("moves-%x", sum[:8]))
	}
	return m
}

// known returns what a commit moved, if that was found before.
func (m *Moves) known(commit tree.ID) (map[string]string, bool) {
	if m.kept.Made == nil {
		var old keptMoves
		if m.file != "" && json.Unmarshal(ReadCache(m.file), &old) == nil && old.Engine == Engine() {
			m.kept.Made = old.Made
		}
		if m.kept.Made == nil {
			m.kept.Made = map[tree.ID]map[string]string{}
		}
		m.kept.Engine = Engine()
	}
	moved, known := m.kept.Made[commit]
	return moved, known
}

func (m *Moves) keep(commit tree.ID, moved map[string]string) {
	m.kept.Made[commit], m.more = moved, true
}

// Save writes the file, if there is something new.
func (m *Moves) Save() {
	if m.file == "" || !m.more {
		return
	}
	m.more = false
	if data, err := json.Marshal(m.kept); err == nil && len(data) <= mostMovesBytes {
		WriteCache(m.file, string(data))
	}
}

// Compared returns the contents that Of will read, each once; none if the answer is known.
func (m *Moves) Compared(c Commit) []tree.ID {
	if _, known := m.known(c.ID); known {
		return nil
	}
	old, fresh := pairs(c)
	if len(fresh) == 0 {
		return nil
	}
	return contents(old, fresh)
}

// contents returns the contents of files, each once.
func contents(lists ...[]renames.Blob) []tree.ID {
	var ids []tree.ID
	for _, b := range slices.Concat(lists...) {
		ids = append(ids, tree.ID(b.ID))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Of returns, by old path, the new paths of the files that a commit moved.
func (m *Moves) Of(ctx context.Context, c Commit) (map[string]string, error) {
	if known, ok := m.known(c.ID); ok {
		return known, nil
	}
	old, fresh := pairs(c)
	if len(fresh) == 0 {
		m.keep(c.ID, nil)
		return nil, nil
	}
	sizes, err := m.src.Sizes(ctx, contents(old, fresh))
	if err != nil {
		return nil, err
	}
	for _, list := range [][]renames.Blob{old, fresh} {
		for i := range list {
			list[i].Size = sizes[tree.ID(list[i].ID)]
		}
	}
	found, err := renames.Find(old, fresh, func(b renames.Blob) ([]byte, error) {
		return m.src.Blob(ctx, tree.ID(b.ID))
	})
	if err != nil {
		return nil, err
	}
	moved := map[string]string{}
	for _, one := range found {
		moved[old[one.Old].Name] = fresh[one.New].Name
	}
	m.keep(c.ID, moved)
	return moved, nil
}

// pairs returns the files that a commit removed, and those that it added which may be one of them.
func pairs(c Commit) (old, fresh []renames.Blob) {
	for _, t := range c.Touched { // sorted by path, as git does
		switch {
		case !t.New.Exists() && t.Old.Mode.IsRegular():
			old = append(old, renames.Blob{Name: t.Path, Mode: uint32(t.Old.Mode), ID: string(t.Old.ID)})
		case !t.Old.Exists() && t.New.Mode.IsRegular():
			fresh = append(fresh, renames.Blob{Name: t.Path, Mode: uint32(t.New.Mode), ID: string(t.New.ID)})
		}
	}
	fresh = slices.DeleteFunc(fresh, func(b renames.Blob) bool {
		return !slices.ContainsFunc(old, func(a renames.Blob) bool {
			return a.ID == b.ID || treediff.Comparable(a.Name, b.Name)
		})
	})
	return old, fresh
}
