package fork

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Limits say how large a topic may become.
type Limits struct {
	files int     // a difference of at most that many paths is not limited at all
	share float64 // of all lines that joined commits may have; a pull request, or a class of files, may have more
	tie   float64 // how much of the smaller side has to tie two things, where topics are limited
}

// classShare is how much of all lines a change of generated files, or of the files that one commit made, may have,
// where topics are limited.
const classShare = 0.1

// looseTie is how much of the smaller side has to tie two things in a large topic, where topics are not limited.
const looseTie = 0.1

// DefaultLimits are those of patch:import.
var DefaultLimits = Limits{files: 100, share: 0.06, tie: 0.3}

// grouping joins units, and the files that the fork made, to topics.
type grouping struct {
	t     *Traced
	up    []int // union-find over units, then parts
	size  []int // lines, of a root
	limit int   // lines of one topic; 0 is none
	class int   // lines of a topic of generated files, likewise
	tie   float64
}

// tie says that two nodes belong together, and how much so: from 0 to 1.
type tie struct {
	a, b  int
	score float64
}

func (g *grouping) root(i int) int {
	for g.up[i] != i {
		g.up[i] = g.up[g.up[i]]
		i = g.up[i]
	}
	return i
}

// join joins two nodes unless the topic became too large.
func (g *grouping) join(a, b int) {
	a, b = g.root(a), g.root(b)
	if a == b || g.limit > 0 && g.size[a] > 0 && g.size[b] > 0 && g.size[a]+g.size[b] > g.limit {
		return
	}
	g.up[b] = a
	g.size[a] += g.size[b]
}

// group joins what belongs together. Where nothing limits a topic, one that became large is taken apart where units
// barely rework each other's lines, and no commit links the files.
func (t *Traced) group(limits Limits) *grouping {
	g, own, total := t.sized()
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
	again, _, _ := t.sized()
	again.joinAll(ties, func(x tie) bool { return x.score >= looseTie || !loose[g.root(x.a)] })
	return again
}

// sized is what can be joined with its lines, the lines of each unit, and all lines.
func (t *Traced) sized() (g *grouping, own []int, total int) {
	units := len(t.h.units)
	g = &grouping{t: t, up: make([]int, units+len(t.parts)), size: make([]int, units+len(t.parts))}
	own = make([]int, units) // in all files
	for i := range g.up {
		g.up[i] = i
	}
	for i, p := range t.parts {
		total += p.lines()
		if p.class = classOf(p); p.class != "" || p.lost != nil {
			continue
		}
		if p.whole && p.lines() > 1 { // a picture or a mode makes no topic longer to read
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

func (g *grouping) joinAll(ties []tie, strong func(tie) bool) {
	g.clashes()
	g.makers()
	for _, x := range ties {
		if strong(x) {
			g.join(x.a, x.b)
		}
	}
}

// loose are the roots of large topics.
func (g *grouping) loose(total int) map[int]bool {
	out := map[int]bool{}
	for i := range g.up {
		if size := g.size[i]; g.root(i) == i && size > largeSize && largePart*size > total {
			out[i] = true
		}
	}
	return out
}

// makers joins a pull request with the files that it made most of, however many these are, and a commit as far as that
// is not too large.
func (g *grouping) makers() {
	limit := g.limit
	for i, p := range g.t.parts {
		for u, n := range p.shares {
			if !p.whole || p.class != "" || u == none || 2*n <= p.lines() {
				continue
			}
			switch g.t.h.units[u].kind {
			case kindPull:
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

// clashes joins the files that cannot go one by one: one that makes room for a folder, names that differ only in case.
func (g *grouping) clashes() {
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
	for name, i := range at { // or a folder that makes room for a file
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if k, ok := g.made(dir); ok {
				g.join(units+k, units+i)
				g.t.parts[k].class, g.t.parts[i].class = "", ""
			}
		}
	}
	g.limit = limit
}

// made finds the part that makes a file of this name.
func (g *grouping) made(name string) (int, bool) {
	by := func(p *part, name string) int { return strings.Compare(p.Path, name) }
	i, ok := slices.BinarySearchFunc(g.t.parts, name, by)
	return i, ok && g.t.parts[i].Old.ID == ""
}

// ties lists what belongs together, the closest first.
func (g *grouping) ties(own []int) []tie {
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
		if own[a] > 0 && own[b] > 0 && !release { // something of both is left
			out = append(out, tie{a, b, float64(n) / float64(took[a]+own[a])})
		}
	}
	out = append(out, g.mended(own)...)
	slices.SortFunc(out, func(x, y tie) int {
		return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	return out
}
