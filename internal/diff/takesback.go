package diff

import "bytes"

// Reversal is a line of one side's work that the result of a merge undoes.
type Reversal struct {
	Line int // one-based: of a missing line, in the side's text; of one that is back, in the result
	Text []byte
	Back bool // the side removed the line and the result has it; otherwise the side added it and the result lacks it
}

// nearBy is how many lines a line that is back may be away from where it was removed.
const nearBy = 3

// TakesBack returns the lines in which a result undoes what ours did to base, outside the regions in which ours and
// theirs conflict. A line that the result has elsewhere, or with another indentation, does not count; neither do
// blank lines.
func TakesBack(base, ours, theirs, result []byte) []Reversal {
	merged, conflicts := Merge(base, ours, theirs)
	if bytes.Equal(merged, result) {
		return nil
	}
	var clash []region
	if len(conflicts) > 0 {
		for _, r := range newMerger(base, ours, theirs).regions() {
			if r.who == both {
				clash = append(clash, r)
			}
		}
	}
	added, removed := work(base, ours, clash)
	want, have := occurrences(merged), occurrences(result)
	var out []Reversal
	eachLine(ours, result, func(l Line, old, fresh int) {
		text := string(bytes.TrimSpace(l.Text))
		switch {
		case text == "":
		case l.Op == '-' && added[old] && have[text] < want[text]:
			have[text]++ // count the missing ones, not all of them
			out = append(out, Reversal{Line: old + 1, Text: l.Text})
		case l.Op == '+' && have[text] > want[text] && near(removed[text], old) && !within(clash, old):
			have[text]--
			out = append(out, Reversal{Line: fresh + 1, Text: l.Text, Back: true})
		}
	})
	return out
}

// work returns what ours did to base outside some regions: the lines that it added, by their index in ours, and the
// places in ours of the lines that it removed.
func work(base, ours []byte, except []region) (added map[int]bool, removed map[string][]int) {
	added, removed = map[int]bool{}, map[string][]int{}
	eachLine(base, ours, func(l Line, _, at int) {
		if within(except, at) {
			return
		}
		if l.Op == '+' {
			added[at] = true
			return
		}
		text := string(bytes.TrimSpace(l.Text))
		removed[text] = append(removed[text], at)
	})
	return added, removed
}

// eachLine calls visit for the lines that differ; old and fresh are the indexes of the next line of each text.
func eachLine(a, b []byte, visit func(l Line, old, fresh int)) {
	for _, h := range Diff(a, b) {
		old, fresh := max(h.OldStart-1, 0), max(h.NewStart-1, 0)
		if h.OldLines == 0 {
			old = h.OldStart
		}
		if h.NewLines == 0 {
			fresh = h.NewStart
		}
		for _, l := range h.Lines {
			if l.Op != ' ' {
				visit(l, old, fresh)
			}
			if l.Op != '+' {
				old++
			}
			if l.Op != '-' {
				fresh++
			}
		}
	}
}

// occurrences counts the lines of a text, ignoring indentation.
func occurrences(text []byte) map[string]int {
	out := map[string]int{}
	for l := range bytes.Lines(text) {
		out[string(bytes.TrimSpace(l))]++
	}
	return out
}

func near(places []int, at int) bool {
	for _, p := range places {
		if p-nearBy <= at && at <= p+nearBy {
			return true
		}
	}
	return false
}

// within reports whether a line of ours is in one of the regions.
func within(regions []region, at int) bool {
	for _, r := range regions {
		if r.a0 <= at && at < max(r.a1, r.a0+1) {
			return true
		}
	}
	return false
}
