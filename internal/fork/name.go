package fork

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/latin"
	"github.com/howdah/howdah/internal/series"
)

const (
	maxWhy    = 600 // bytes
	maxTitles = 6
)

// shownUnit is a unit, and how many lines of a topic it wrote.
type shownUnit struct {
	*workUnit
	lines int
}

// shown returns units, those with the most lines first.
func (h *history) shown(units map[int]int) []shownUnit {
	var out []shownUnit
	for u, n := range units {
		out = append(out, shownUnit{&h.units[u], n})
	}
	slices.SortFunc(out, func(a, b shownUnit) int {
		return cmp.Or(cmp.Compare(b.lines, a.lines), cmp.Compare(a.date, b.date), strings.Compare(a.title, b.title))
	})
	return out
}

// name sets each topic's Name, Why and Large; no two topics get the same name.
func name(topics []*Topic, h *history) {
	all := 0
	for _, t := range topics {
		all += t.Lines
	}
	taken := map[string]bool{}
	for _, t := range topics {
		left, before := h.shown(t.units), h.shown(t.before)
		title, from := t.describe(left, before)
		if t.Large = t.largeReason(left, all); t.Large != "" {
			t.Why += "; " + t.Large
			t.unclaimed = t.class == "" && (len(left) == 0 || left[0].kind != kindPull || 2*left[0].lines <= t.Lines)
		}
		vague := t.ambiguous(title)
		if vague && from != nil && latin.Foreign(title) {
			t.Name = t.uniqueName(t.translated(title, from), false, taken)
		} else {
			t.Name = t.uniqueName(slug(title, series.MaxName), vague, taken)
		}
		taken[t.Name] = true
	}
}

// ambiguous reports whether a title is too general to tell this topic apart from others.
func (t *Topic) ambiguous(title string) bool {
	switch {
	case t.class != "" || t.written:
		return false
	case title == byMerges, mergeTitle.MatchString(title) && !strings.Contains(title, "GHSA-"):
		return true
	}
	return !distinct(title)
}

// issueNumber matches a title's reference to an issue or a pull request.
var issueNumber = regexp.MustCompile(`#[0-9]+`)

// translated returns a name for a title in another script: its words in Latin letters, the location of the files, and
// the number of the pull request or the id of the commit, by which a reader can look it up.
func (t *Topic) translated(title string, from *workUnit) string {
	name := slug(issueNumber.ReplaceAllString(title, " "), series.MaxName)
	name = cmp.Or(withLocation(name, locations(t.Paths, t.sizes)[0]), name, "change")
	number, isPull := strings.CutPrefix(from.name, "#")
	if !isPull && len(from.commits) > 0 {
		number = from.commits[0].Short()
	}
	if number == "" {
		return name
	}
	return withSuffix(name, number)
}

// uniqueName returns a name that is not in taken: the name itself, or else with a location, or else with a number.
func (t *Topic) uniqueName(name string, vague bool, taken map[string]bool) string {
	if name != "" && !vague && !taken[name] {
		return name
	}
	first := name
	for i, at := range locations(t.Paths, t.sizes) {
		one := withLocation(name, at)
		if i == 0 {
			first = one
		}
		if one != "" && (one != name || vague) && !taken[one] {
			return one
		}
	}
	if first == "" {
		first = "change"
	}
	if !taken[first] {
		return first
	}
	for n := 2; ; n++ {
		if one := numbered(first, n); !taken[one] {
			return one
		}
	}
}

// byMerges is the name of a topic that merge commits wrote most of.
const byMerges = "written-by-merges"

// describe sets Why and Pull, and returns the title to name the topic after, with the unit that has this title; nil
// if no unit has it.
func (t *Topic) describe(left, before []shownUnit) (string, *workUnit) {
	var titles []string
	own := slices.ContainsFunc(slices.Concat(left, before), func(u shownUnit) bool { return u.kind != kindMerge })
	all, merged, most := 0, 0, 0
	for _, u := range left {
		all += u.lines
		if u.kind == kindMerge {
			merged += u.lines
		} else {
			most = max(most, u.lines)
		}
	}
	for _, u := range slices.Concat(left, before) {
		if own && u.kind == kindMerge {
			continue // the subject of a merge does not describe what it wrote
		}
		one := oneLine(u.title)
		if u.name != "" {
			one += " (" + u.name + ")"
		}
		if u.kind == kindCopied {
			one = "upstream's " + one
		}
		if !slices.Contains(titles, one) {
			titles = append(titles, one)
		}
	}
	t.Why = list(titles)
	if len(left) > 0 && left[0].kind == kindPull && 2*left[0].lines > t.Lines {
		t.Pull = left[0].name
	}
	switch {
	case t.class != "":
		t.Why = strings.ReplaceAll(t.class, "-", " ") + " in " + folder(t.Paths) + ": " + t.Why
		return t.class, nil
	case t.written:
		t.Why = "only merges wrote this: " + t.Why
		return byMerges, nil
	case len(left)+len(before) == 0:
		t.Why = "no commit of the fork says where this comes from: " + list(t.Paths)
		return "unexplained", nil
	case 2*merged > all && 10*most < all:
		t.Why += fmt.Sprintf("; merges wrote %d of its %d lines", merged, t.Lines)
		return byMerges, nil
	}
	return titleOf(left, before)
}

// list joins titles with semicolons, within maxTitles and maxWhy.
func list(titles []string) string {
	var b strings.Builder
	for i, one := range titles {
		if i == maxTitles || i > 0 && b.Len()+len(one) > maxWhy {
			fmt.Fprintf(&b, "; and %d more", len(titles)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(cut(one, maxWhy))
	}
	return b.String()
}

// cut shortens a text to at most n bytes, at the end of a word or, within a very long word, at the end of a
// character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	s = strings.ToValidUTF8(s[:n], "")
	if i := strings.LastIndexByte(s, ' '); i > n/2 {
		s = s[:i]
	}
	return s + "…"
}
