package history

import (
	"slices"
)

// divisible is a Judge that can judge some of its subjects alone. A walk makes use of it: changes that share no file
// neither help nor hinder each other, and each part has far fewer states than the whole.
type divisible interface {
	Judge
	// Part is the judge of the subjects with these indexes, which are in order.
	Subset(subjects []int) Judge
}

// group is subjects that share files, and their walk.
type group struct {
	*walker
	subjects []int // indexes in the whole
	named    map[string]bool
	watched  map[string]bool
}

// divide cuts a judge into parts that share no files.
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

// look notes the files that the walk goes by now: those that its changes name, and those that they were led to.
func (p *group) look() {
	p.watched = p.paths()
	p.named = map[string]bool{}
	for _, s := range p.judge.Subjects() {
		for _, path := range s.Paths {
			p.named[path] = true
		}
	}
	for _, path := range p.kept.Also {
		p.named[path] = true
	}
}

// join unites the parts of which one watches a file that another names, and begins their walk anew.
func (w walks) join(whole divisible, parts []group) []group {
	for i := range parts {
		parts[i].look()
	}
	for i := 0; i < len(parts); i++ {
		for j := i + 1; j < len(parts); {
			if !overlap(parts[i].named, parts[j].watched) && !overlap(parts[j].named, parts[i].watched) {
				j++
				continue
			}
			both := slices.Sorted(slices.Values(slices.Concat(parts[i].subjects, parts[j].subjects)))
			parts[i] = w.group(whole.Subset(both), both)
			parts = slices.Delete(parts, j, j+1)
			j = i + 1 // it may meet those that it passed
		}
	}
	return parts
}

func overlap(a, b map[string]bool) bool {
	for path := range a {
		if b[path] {
			return true
		}
	}
	return false
}
