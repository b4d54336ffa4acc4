package fork

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// Topic is a group of commits, or of files, that becomes one change.
type Topic struct {
	Name    string
	Why     string
	class   string    // the class of its files, see classOf; "" for files that people write
	Pull    string    // "#12", if one pull request wrote most of it
	Commits []tree.ID // that wrote its lines, oldest first
	Merges  []tree.ID // merge commits that wrote or resolved some of its lines
	Paths   []string  // sorted
	Lines   int       // removed and added; a binary file counts as one
	Allow   []string  // the guarded paths that the change has to name
	Large   string    // why it has more than a tenth of the fork's lines; "" if it has not

	// unclaimed is set for a large topic of which no pull request wrote half, and whose files are of no kind that is
	// kept apart.
	unclaimed bool

	sizes   map[string]int // lines by path
	units   map[int]int    // lines by unit
	before  map[int]int    // units of which no line is left: how many of their lines this topic's units replaced
	date    int64
	written bool // only merge commits wrote it
}

// Topics groups the commits of a fork's difference into topics, named and in the order in which to apply them.
func (t *Traced) Topics(limits Limits) []*Topic { return t.topics(t.group(limits)) }

// Lost returns, by path, why a file is not in any topic: its content cannot be read, or a change must not touch it.
func (t *Traced) Lost() map[string]error {
	out := map[string]error{}
	for _, p := range t.parts {
		if p.lost != nil {
			out[p.Path] = p.lost
		}
	}
	return out
}

// topics returns a topic for each set of g. They are sorted by date; topics of a class follow, and what only merges
// wrote is last. It sets the topic of each span and whole part.
func (t *Traced) topics(g *groups) []*Topic {
	units := len(t.h.units)
	roots := map[int]*Topic{}
	at := func(root int) *Topic {
		if roots[root] == nil {
			roots[root] = &Topic{units: map[int]int{}}
		}
		return roots[root]
	}
	c := &classifier{limit: g.class, open: map[string]*Topic{}}
	for i, p := range t.parts {
		p.topic = nil
		switch {
		case p.lost != nil:
		case p.class != "":
			p.topic = c.topic(p)
			p.topic.take(p)
		case p.whole:
			p.topic = at(g.root(units + i))
			p.topic.take(p)
		default:
			for k := range p.spans {
				s := &p.spans[k]
				root := units + i
				if s.unit != none {
					root = s.unit
				}
				s.topic = at(g.root(root))
				s.topic.add(p.Path, s.unit, s.a1-s.a0+s.b1-s.b0)
				for via := range s.via {
					s.topic.merge(t.h.commits[via].id)
				}
			}
		}
	}
	out := c.all
	for _, one := range roots {
		out = append(out, one)
	}
	t.creditReworked(roots, g)
	for _, one := range out {
		one.finish(t.h)
	}
	out = t.joinMergeOnly(out, g.limit)
	slices.SortFunc(out, func(a, b *Topic) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.date, b.date),
			strings.Compare(a.Paths[0], b.Paths[0]), cmp.Compare(a.Lines, b.Lines))
	})
	name(out, t.h)
	return out
}

// take adds a whole part to a topic.
func (t *Topic) take(p *changedPath) {
	rest := p.lines()
	for u, n := range p.shares {
		if u != none {
			t.add(p.Path, u, n)
			rest -= n
		}
	}
	t.add(p.Path, p.unit, max(0, rest))
}

func (t *Topic) add(name string, unit, lines int) {
	if len(t.Paths) == 0 || t.Paths[len(t.Paths)-1] != name {
		t.Paths = append(t.Paths, name)
	}
	t.Lines += lines
	if t.sizes == nil {
		t.sizes = map[string]int{}
	}
	t.sizes[name] += lines
	if unit != none {
		t.units[unit] += lines
	}
}

func (t *Topic) merge(id tree.ID) {
	if !slices.Contains(t.Merges, id) {
		t.Merges = append(t.Merges, id)
	}
}

// finish sets Paths, Commits, Merges, Allow, date and written from the units.
func (t *Topic) finish(h *history) {
	slices.Sort(t.Paths)
	t.Paths = slices.Compact(t.Paths)
	t.written, t.date = len(t.units) > 0, 1<<62
	var commits []int
	for u := range t.units {
		one := h.units[u]
		if one.kind == kindMerge {
			t.merge(one.commits[0])
		} else {
			t.written = false
			commits = append(commits, h.indices(one)...)
		}
		t.date = min(t.date, one.date)
	}
	for u := range t.before {
		commits = append(commits, h.indices(h.units[u])...)
	}
	slices.Sort(commits)
	for _, i := range commits {
		t.Commits = append(t.Commits, h.commits[i].id)
	}
	slices.SortFunc(t.Merges, func(a, b tree.ID) int { return cmp.Compare(h.index[a], h.index[b]) })
	t.Allow = guardedPaths(t.Paths)
}

// indices returns the indices of a unit's commits in the history.
func (h *history) indices(u workUnit) []int {
	var out []int
	for _, id := range u.commits {
		out = append(out, h.index[id])
	}
	return out
}

// creditReworked adds each unit of which no line is left to the topic that replaced most of its lines.
func (t *Traced) creditReworked(roots map[int]*Topic, g *groups) {
	left := map[int]bool{}
	for _, one := range roots {
		for u := range one.units {
			left[u] = true
		}
	}
	votes := map[int]map[*Topic]int{}
	for pair, n := range t.rework {
		by, of := pair[0], pair[1]
		to := roots[g.root(by)]
		if kind := t.h.units[of].kind; to == nil || !left[by] || left[of] || kind == kindMerge || kind == kindRelease {
			continue
		}
		if votes[of] == nil {
			votes[of] = map[*Topic]int{}
		}
		votes[of][to] += n
	}
	for of, list := range votes {
		var best *Topic
		for to, n := range list {
			if best == nil || n > list[best] || n == list[best] && slices.Compare(to.Paths, best.Paths) < 0 {
				best = to
			}
		}
		if best.before == nil {
			best.before = map[int]int{}
		}
		best.before[of] = list[best]
	}
}

// rank sorts topics: 0 for what people wrote, 1 for classes of files, 2 for what only merges wrote.
func (t *Topic) rank() int {
	switch {
	case t.written || len(t.units) == 0 && t.class == "":
		return 2
	case t.class != "":
		return 1
	}
	return 0
}

// joinMergeOnly joins the topics that only merges wrote into one, or into several with at most limit lines each (0:
// no limit).
func (t *Traced) joinMergeOnly(topics []*Topic, limit int) []*Topic {
	into := map[*Topic]*Topic{}
	var out []*Topic
	var open *Topic
	for _, one := range topics {
		switch {
		case one.class != "" || one.rank() != 2:
			out = append(out, one)
		case open == nil || limit > 0 && open.Lines+one.Lines > limit:
			open = one
			out = append(out, one)
		default:
			into[one] = open
			open.absorb(one)
		}
	}
	for _, p := range t.parts {
		if to := into[p.topic]; to != nil {
			p.topic = to
		}
		for k := range p.spans {
			if to := into[p.spans[k].topic]; to != nil {
				p.spans[k].topic = to
			}
		}
	}
	return out
}

func (t *Topic) absorb(o *Topic) {
	t.Paths = append(t.Paths, o.Paths...)
	slices.Sort(t.Paths)
	t.Paths = slices.Compact(t.Paths)
	for _, id := range o.Merges {
		t.merge(id)
	}
	for u, n := range o.units {
		t.units[u] += n
	}
	for name, n := range o.sizes {
		t.sizes[name] += n
	}
	t.Lines += o.Lines
	t.date = min(t.date, o.date)
}

// classifier builds one topic for each class of files, or one for each of its folders where topics have a limit.
type classifier struct {
	limit int
	open  map[string]*Topic
	all   []*Topic
}

func (c *classifier) topic(p *changedPath) *Topic {
	name := p.class
	if c.limit > 0 {
		name += " " + path.Dir(p.Path)
	}
	one := c.open[name]
	if one == nil || c.limit > 0 && one.Lines+p.lines() > c.limit {
		one = &Topic{class: p.class, units: map[int]int{}}
		c.open[name] = one
		c.all = append(c.all, one)
	}
	return one
}
