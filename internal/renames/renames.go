// Package renames finds which files that are gone became which new ones, as git does. Names, ids and a reader of
// contents go in, pairs come out. TestRenamesAgainstGit in internal/diff compares it with git.
package renames

import (
	"cmp"
	"path"
	"slices"
)

// Blob is a file of a tree that may have been renamed.
type Blob struct {
	Name string
	Mode uint32
	ID   string
	Size int64
}

// Rename says that the file at index Old became the one at index New.
type Rename struct {
	Old, New   int
	Similarity int // in percent
}

// A score is at most maxScore. A pair has to reach half of it; two files that alone have their base name, and are
// taken for a pair before others are looked at, three quarters. Above renameLimit files squared, no more is tried.
const (
	maxScore      = 60_000
	leastScore    = maxScore / 2
	namesakeScore = maxScore * 3 / 4
	candidates    = 4 // looked at of each new file: its best
	renameLimit   = 1000
)

// Find pairs files that are gone with files that are new, as `git diff -M` does (diffcore-rename.c): the same
// content first, then namesakes, then the most alike. Both lists are sorted by name; read gives a file's content, and
// is asked for those only that need a look. The pairs are sorted by New.
func Find(old, fresh []Blob, read func(Blob) ([]byte, error)) ([]Rename, error) {
	p := &pairing{old: old, fresh: fresh, read: read, usedOld: make([]bool, len(old)), usedNew: make([]bool, len(fresh))}
	p.exact()
	if err := p.namesakes(); err != nil {
		return nil, err
	}
	if err := p.alike(); err != nil {
		return nil, err
	}
	slices.SortFunc(p.out, func(a, b Rename) int { return cmp.Compare(a.New, b.New) })
	return p.out, nil
}

type pairing struct {
	old, fresh       []Blob
	usedOld, usedNew []bool
	read             func(Blob) ([]byte, error)
	pieces           Pieces
	out              []Rename
}

func (p *pairing) take(i, j, score int) {
	p.usedOld[i], p.usedNew[j] = true, true
	p.out = append(p.out, Rename{i, j, score * 100 / maxScore})
}

// regular reports whether a file is one, not a link or a submodule.
func (b Blob) regular() bool { return b.Mode>>12 == 0o10 }

// exact pairs files of the same content, a namesake before others.
func (p *pairing) exact() {
	byID := map[string][]int{}
	for i, b := range p.old {
		byID[b.ID] = append(byID[b.ID], i)
	}
	for j, b := range p.fresh {
		best := -1
		for _, i := range byID[b.ID] {
			a := p.old[i]
			if p.usedOld[i] || a.Mode != b.Mode && !(a.regular() && b.regular()) {
				continue
			}
			if path.Base(a.Name) == path.Base(b.Name) {
				best = i
				break
			}
			if best < 0 {
				best = i
			}
		}
		if best >= 0 {
			p.take(best, j, maxScore)
		}
	}
}

// namesakes pairs files whose base name is, of what is left, the only one of its kind on both sides.
func (p *pairing) namesakes() error {
	only := func(list []Blob, used []bool) map[string]int {
		out := map[string]int{}
		for i, b := range list {
			if base := path.Base(b.Name); !used[i] {
				if _, twice := out[base]; twice {
					i = -1
				}
				out[base] = i
			}
		}
		return out
	}
	mine, his := only(p.old, p.usedOld), only(p.fresh, p.usedNew)
	for i, b := range p.old {
		base := path.Base(b.Name)
		j, there := his[base]
		if p.usedOld[i] || !there || j < 0 || mine[base] < 0 {
			continue
		}
		score, err := p.pieces.score(p.old[i], p.fresh[j], p.read)
		if err != nil {
			return err
		}
		if score >= namesakeScore {
			p.take(i, j, score)
		}
	}
	return nil
}

type pair struct {
	old, fresh, score int
	namesake          bool
}

// before says which of two pairs git prefers; 0 is neither.
func (a pair) before(b pair) int {
	if c := cmp.Compare(b.score, a.score); c != 0 || a.namesake == b.namesake {
		return c
	}
	if a.namesake {
		return -1
	}
	return 1
}

// alike pairs what is left by how much it has in common.
func (p *pairing) alike() error {
	var old, fresh []int
	for i := range p.old {
		if !p.usedOld[i] {
			old = append(old, i)
		}
	}
	for j := range p.fresh {
		if !p.usedNew[j] {
			fresh = append(fresh, j)
		}
	}
	if len(old)*len(fresh) > renameLimit*renameLimit {
		return nil
	}
	var all []pair
	for _, j := range fresh {
		var best []pair // in git's order, in which the worst is replaced where it stands
		for _, i := range old {
			score, err := p.pieces.score(p.old[i], p.fresh[j], p.read)
			if err != nil {
				return err
			}
			one := pair{i, j, score, path.Base(p.old[i].Name) == path.Base(p.fresh[j].Name)}
			if len(best) < candidates {
				best = append(best, one)
				continue
			}
			worst := 0
			for k := range best {
				if best[worst].before(best[k]) < 0 {
					worst = k
				}
			}
			if one.before(best[worst]) < 0 {
				best[worst] = one
			}
		}
		all = append(all, best...)
	}
	slices.SortStableFunc(all, pair.before)
	for _, one := range all {
		if one.score >= leastScore && !p.usedOld[one.old] && !p.usedNew[one.fresh] {
			p.take(one.old, one.fresh, one.score)
		}
	}
	return nil
}
