package record

import (
	"maps"
	"slices"
)

// Difference is one input of an image that differs between a release and a candidate. Before is "" for what the release
// did not have, After for what the candidate has no more.
type Difference struct{ Part, Before, After string }

// Compare lists the parts of an image that differ from the release's, in the order of their names. known is false where
// an older Howdah wrote the record, which has no parts.
func (r *Record) Compare(image string, parts map[string]string) (differ []Difference, known bool) {
	i, ok := r.Image(image)
	if !ok || len(i.Parts) == 0 {
		return nil, false
	}
	all := maps.Clone(i.Parts)
	maps.Copy(all, parts)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if i.Parts[name] != parts[name] {
			differ = append(differ, Difference{name, i.Parts[name], parts[name]})
		}
	}
	return differ, true
}

// ChangeDifference is a change that is in one of two trees only, or in both with another content.
type ChangeDifference struct {
	Name, What string // "new", "changed", "gone"
	Files      []string
}

// CompareChanges lists the changes that differ from the release's, in the order of the series, what is gone last.
func (r *Record) CompareChanges(now []Change) []ChangeDifference {
	var out []ChangeDifference
	before := map[string]Change{}
	for _, c := range r.Changes {
		before[c.Name] = c
	}
	for _, c := range now {
		old, ok := before[c.Name]
		delete(before, c.Name)
		switch {
		case !ok:
			out = append(out, ChangeDifference{c.Name, "new", c.Files})
		case old.Sum != c.Sum:
			files := slices.Concat(old.Files, c.Files)
			slices.Sort(files)
			out = append(out, ChangeDifference{c.Name, "changed", slices.Compact(files)})
		}
	}
	for _, c := range r.Changes {
		if _, ok := before[c.Name]; ok {
			out = append(out, ChangeDifference{c.Name, "gone", c.Files})
		}
	}
	return out
}
