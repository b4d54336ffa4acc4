package history

import (
	"context"
	"maps"
	"slices"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// divisible is a Judge that can judge a subset of its subjects. Changes that share no file do not affect each other,
// and each group of them has far fewer states than the whole.
type divisible interface {
	Judge
	// Subset returns the judge of the subjects with these indexes, which are sorted.
	Subset(subjects []int) Judge
}

// group is a set of subjects that share files, and their walk.
type group struct {
	walker   *walker
	subjects []int // indexes in the whole
	named    map[string]bool
	watched  map[string]bool
}

// divide splits a judge into groups that share no files.
func (w walks) divide(judge Judge) []group {
	n := len(judge.Subjects())
	whole, ok := judge.(divisible)
	if !ok {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return []group{w.group(judge, all)}
	}
	parts := make([]group, n)
	for i := range parts {
		parts[i] = w.group(whole.Subset([]int{i}), []int{i})
	}
	return w.join(whole, parts)
}

func (w walks) group(judge Judge, subjects []int) group {
	p := group{walker: w.walk(judge), subjects: subjects}
	p.look()
	return p
}

// look records the files that the walk watches now: those that its changes name, and those found through renames.
func (p *group) look() {
	p.watched = p.walker.paths()
	p.named = map[string]bool{}
	for _, s := range p.walker.judge.Subjects() {
		for _, path := range s.Paths {
			p.named[path] = true
		}
	}
	for _, path := range p.walker.kept.Also {
		p.named[path] = true
	}
}

// join unites groups if one watches a file that another names, and restarts their walk.
func (w walks) join(whole divisible, parts []group) []group {
	for i := range parts {
		parts[i].look()
	}
	for { // a united group may watch more files
		sets := together(parts)
		if len(sets) == len(parts) {
			return parts
		}
		var joined []group
		for _, set := range sets {
			if len(set) == 1 {
				joined = append(joined, parts[set[0]])
				continue
			}
			var all []int
			for _, i := range set {
				all = append(all, parts[i].subjects...)
			}
			slices.Sort(all)
			joined = append(joined, w.group(whole.Subset(all), all))
		}
		parts = joined
	}
}

// together returns the groups that have to be united, as sets of their indexes in order; most sets have one.
func together(parts []group) (sets [][]int) {
	with := make([]int, len(parts)) // by group: another group of the same set, or itself
	root := func(i int) int {
		for with[i] != i {
			with[i] = with[with[i]]
			i = with[i]
		}
		return i
	}
	named := map[string]int{} // by file: a group that names it
	for i, p := range parts {
		with[i] = i
		for path := range p.named {
			named[path] = i
		}
	}
	for _, kind := range []func(group) map[string]bool{
		func(p group) map[string]bool { return p.named }, func(p group) map[string]bool { return p.watched },
	} {
		for i, p := range parts {
			for path := range kind(p) {
				if n, ok := named[path]; ok {
					a, b := root(i), root(n)
					with[max(a, b)] = min(a, b)
				}
			}
		}
	}
	at := map[int]int{}
	for i := range parts {
		n, ok := at[root(i)]
		if !ok {
			n, at[root(i)] = len(sets), len(sets)
			sets = append(sets, nil)
		}
		sets[n] = append(sets[n], i)
	}
	return sets
}

// readAhead reads, in one batch, what all groups will need: a partial clone has to fetch it.
func readAhead(ctx context.Context, src *mainline.Objects, parts []group) error {
	blobs := map[tree.ID]bool{}
	for _, p := range parts {
		states, err := p.walker.states(ctx)
		if err != nil {
			return err
		}
		some, err := p.walker.ahead(ctx, states, p.walker.open(states))
		if err != nil {
			return err
		}
		maps.Copy(blobs, some)
	}
	return src.ReadBlobs(ctx, blobs)
}
