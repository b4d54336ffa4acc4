package apply

import (
	"container/heap"
	"iter"
	"path"
	"slices"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/verdict"
)

// touched indexes outcomes by the paths that they touch, to find those that can affect a change.
type touched struct {
	seen  int // number of outcomes already added
	exact map[string][]int
	below map[string][]int // by each parent folder of a path
	any   []int            // outcomes whose paths are not known
}

// take adds the wanted ones of the outcomes that are new since the last call.
func (a *touched) take(outcomes []verdict.Outcome, wanted func(verdict.Outcome) bool) {
	if a.exact == nil || len(outcomes) < a.seen {
		*a = touched{exact: map[string][]int{}, below: map[string][]int{}}
	}
	for ; a.seen < len(outcomes); a.seen++ {
		o := outcomes[a.seen]
		if !wanted(o) {
			continue
		}
		if len(o.Files) == 0 {
			a.any = append(a.any, a.seen)
		}
		for _, f := range o.Files {
			a.exact[f] = append(a.exact[f], a.seen)
			for dir := range parents(f) {
				if list := a.below[dir]; len(list) == 0 || list[len(list)-1] != a.seen {
					a.below[dir] = append(list, a.seen)
				}
			}
		}
	}
}

// by adds the outcomes that touch a path, something below it, or a parent folder.
func (a *touched) by(name string, add func([]int)) {
	add(a.exact[name])
	add(a.below[name])
	for dir := range parents(name) {
		add(a.exact[dir])
	}
}

// parents returns the parent folders of a path.
func parents(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for dir := path.Dir(name); dir != "." && dir != "/" && yield(dir); {
			dir = path.Dir(dir)
		}
	}
}

// missing reports whether an outcome's change is not in the tree, but could be.
func missing(o verdict.Outcome) bool {
	v := o.Verdict
	return o.Change.Kind != series.KindLanded && (v == verdict.Idle || v.Fails() && v != verdict.Refused)
}

// present reports whether an outcome's change is in the tree.
func present(o verdict.Outcome) bool { return o.After != o.Before }

// near returns the missing changes that could affect a failing one: they touch what it reads, or what another of them
// reads. If there are too many, it returns the nearest.
func (a *touched) near(o verdict.Outcome, before []verdict.Outcome) []*series.Change {
	a.take(before, missing)
	todo := &latest{}
	queued := map[int]bool{}
	add := func(list []int, under int) {
		for i := len(list) - 1; i >= max(0, len(list)-maxSuspects); i-- {
			if n := list[i]; n < under && !queued[n] {
				queued[n] = true
				heap.Push(todo, n)
			}
		}
	}
	reads := func(paths []string, under int) { // what a change needs comes before it
		for _, r := range paths {
			a.by(r, func(list []int) { add(list, under) })
		}
	}
	add(a.any, len(before))
	reads(o.Reads, len(before))
	var taken []int
	for todo.Len() > 0 && len(taken) < maxSuspects {
		n := heap.Pop(todo).(int)
		taken = append(taken, n)
		reads(before[n].Reads, n)
	}
	slices.Sort(taken)
	var out []*series.Change
	for _, n := range taken {
		out = append(out, before[n].Change)
	}
	return out
}

// latest is a heap with the greatest element first.
type latest []int

func (l latest) Len() int           { return len(l) }
func (l latest) Less(i, j int) bool { return l[i] > l[j] }
func (l latest) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *latest) Push(n any)        { *l = append(*l, n.(int)) }
func (l *latest) Pop() any {
	n := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return n
}

// before returns the changes in the tree that touch what a change reads: only after these can its result differ.
func (a *touched) before(o verdict.Outcome, all []verdict.Outcome) []*verdict.Outcome {
	a.take(all, present)
	var found []int
	for _, name := range o.Reads {
		a.by(name, func(list []int) { found = append(found, list...) })
	}
	slices.Sort(found)
	var out []*verdict.Outcome
	for _, n := range slices.Compact(found) {
		out = append(out, &all[n])
	}
	return out
}
