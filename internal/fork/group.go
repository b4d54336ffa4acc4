package fork

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Limits say how large a topic may become.
type Limits struct {
	files int     // with at most so many changed paths, topics have no limit
	share float64 // of all lines, for a topic of joined commits; pull requests, branches and classes may have more
	tie   float64 // the least score that joins two nodes, where topics are limited
}

// classShare limits a topic of generated files, or of the files that one commit added, to this share of all lines.
const classShare = 0.1

// looseTie is the least score that joins two nodes of a large topic, where topics are not limited.
const looseTie = 0.1

// DefaultLimits are the ones that patch:import uses.
var DefaultLimits = Limits{files: 100, share: 0.06, tie: 0.3}

// groups is a union-find over units and the files that the fork added; each set becomes a topic.
type groups struct {
	t     *Traced
	up    []int // by node: the parent in the union-find; units first, then changed paths
	size  []int // by root: lines of the set
	limit int   // of lines in a topic; 0: none
	class int   // of lines in a topic of generated files; 0: none
	tie   float64
}

// tie is evidence that two nodes belong to one topic; its score is from 0 (none) to 1.
type tie struct {
	a, b  int
	score float64
}

func (g *groups) root(i int) int {
	for g.up[i] != i {
		g.up[i] = g.up[g.up[i]]
		i = g.up[i]
	}
	return i
}

// join puts two nodes into one set, unless that set would have more lines than the limit.
func (g *groups) join(a, b int) {
	a, b = g.root(a), g.root(b)
	if a == b || g.limit > 0 && g.size[a] > 0 && g.size[b] > 0 && g.size[a]+g.size[b] > g.limit {
		return
	}
	g.up[b] = a
	g.size[a] += g.size[b]
}

// group joins units and files into topics. With few files, topics have no limit; a large one is then split: it is
// grouped again by the ties with a score of at least looseTie.
func (t *Traced) group(limits Limits) *groups {
	g, own, total := t.newGroups()
	if len(t.parts) > limits.files {
		g.limit, g.class, g.tie = int(limits.share*float64(total)), int(classShare*float64(total)), limits.tie
	}
	ties := g.ties(own)
	g.joinAll(ties, func(x tie) bool { return x.score >= g.tie })
	if g.limit > 0 {
		return g
	}
	loose := g.loose(total)
	if len(loose) == 0 {
		return g
	}
	again, _, _ := t.newGroups()
	again.joinAll(ties, func(x tie) bool { return x.score >= looseTie || !loose[g.root(x.a)] })
	return again
}

// newGroups returns a set for each unit and file, the lines of each unit, and all lines.
func (t *Traced) newGroups() (g *groups, own []int, total int) {
	units := len(t.h.units)
	g = &groups{t: t, up: make([]int, units+len(t.parts)), size: make([]int, units+len(t.parts))}
	own = make([]int, units) // by unit: its lines in all files
	for i := range g.up {
		g.up[i] = i
	}
	for i, p := range t.parts {
		total += p.lines()
		if p.class = classOf(p); p.class != "" || p.lost != nil {
			continue
		}
		if p.whole && p.lines() > 1 { // a binary or a mode adds nothing to read
			g.size[units+i] = p.lines()
		}
		for u, n := range p.shares {
			if u == none {
				continue
			}
			own[u] += n
			if !p.whole {
				g.size[u] += n
			}
		}
	}
	return g, own, total
}

func (g *groups) joinAll(ties []tie, strong func(tie) bool) {
	g.joinConflicting()
	g.joinAuthored()
	for _, x := range ties {
		if strong(x) {
			g.join(x.a, x.b)
		}
	}
}

// loose returns the roots of large topics.
func (g *groups) loose(total int) map[int]bool {
	out := map[int]bool{}
	for i := range g.up {
		if size := g.size[i]; g.root(i) == i && size > largeSize && largePart*size > total {
			out[i] = true
		}
	}
	return out
}

// joinAuthored joins a unit with the files of which it wrote more than half: a pull request or branch without a limit,
// a commit up to the limit of a class.
func (g *groups) joinAuthored() {
	limit := g.limit
	for i, p := range g.t.parts {
		for u, n := range p.shares {
			if !p.whole || p.class != "" || u == none || 2*n <= p.lines() {
				continue
			}
			switch g.t.h.units[u].kind {
			case kindPull, kindBranch:
				g.limit = 0
			case kindSingle:
				g.limit = g.class
			default:
				continue
			}
			g.join(u, len(g.t.h.units)+i)
		}
	}
	g.limit = limit
}

// joinConflicting joins files that have to change together: a file that is removed and a folder of the same name that
// is added, or the other way round, and names that differ only in case.
func (g *groups) joinConflicting() {
	units := len(g.t.h.units)
	at := map[string]int{}
	for i, p := range g.t.parts {
		if p.whole && p.New.ID == "" {
			at[strings.ToLower(p.Path)] = i
		}
	}
	limit := g.limit
	g.limit = 0
	for i, p := range g.t.parts {
		if !p.whole || p.New.ID == "" {
			continue
		}
		for dir := strings.ToLower(p.Path); dir != "."; dir = path.Dir(dir) {
			if k, ok := at[dir]; ok {
				g.join(units+k, units+i)
				p.class, g.t.parts[k].class = "", ""
			}
		}
	}
	for name, i := range at { // a removed folder makes room for a file
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if k, ok := g.addedPart(dir); ok {
				g.join(units+k, units+i)
				g.t.parts[k].class, g.t.parts[i].class = "", ""
			}
		}
	}
	g.limit = limit
}

// addedPart returns the index of the part that adds a file of this name.
func (g *groups) addedPart(name string) (int, bool) {
	by := func(p *changedPath, name string) int { return strings.Compare(p.Path, name) }
	i, ok := slices.BinarySearchFunc(g.t.parts, name, by)
	return i, ok && g.t.parts[i].Old.ID == ""
}

// ties returns all ties, the highest score first.
func (g *groups) ties(own []int) []tie {
	var out []tie
	units := len(own)
	for i, p := range g.t.parts {
		if !p.whole || p.class != "" || p.lost != nil {
			continue
		}
		if len(p.shares) == 0 && p.unit != none {
			out = append(out, tie{p.unit, units + i, 1})
		}
		for u, n := range p.shares {
			if u != none {
				out = append(out, tie{u, units + i, max(float64(n)/float64(max(1, p.lines())), float64(n)/float64(own[u]))})
			}
		}
	}
	took := make([]int, units)
	for pair, n := range g.t.rework {
		took[pair[0]] += n
	}
	for pair, n := range g.t.rework {
		a, b := pair[0], pair[1]
		release := g.t.h.units[a].kind == kindRelease || g.t.h.units[b].kind == kindRelease
		if own[a] > 0 && own[b] > 0 && !release { // both units still have lines
			out = append(out, tie{a, b, float64(n) / float64(took[a]+own[a])})
		}
	}
	out = append(out, g.fixupTies(own)...)
	slices.SortFunc(out, func(x, y tie) int {
		return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	return out
}
