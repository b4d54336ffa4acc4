package fork

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	maxName   = 64
	maxWhy    = 600 // bytes
	maxTitles = 6
)

// shownUnit is a unit of a topic with its lines there.
type shownUnit struct {
	*workUnit
	lines int
}

// name gives every topic a name that no other has, and its why.
func name(topics []*Topic, h *history) {
	taken := map[string]bool{}
	for _, t := range topics {
		var units []shownUnit
		for _, some := range []map[int]int{t.units, t.before} {
			for u, n := range some {
				units = append(units, shownUnit{&h.units[u], n})
			}
		}
		slices.SortFunc(units, func(a, b shownUnit) int {
			return cmp.Or(cmp.Compare(b.lines, a.lines), cmp.Compare(a.date, b.date), strings.Compare(a.title, b.title))
		})
		title := t.describe(units)
		first := slug(title)
		if t.class == "" && !t.written && !distinct(title) {
			first = withPlace(first, t.Paths)
		}
		if first == "" {
			first = "change"
		}
		if taken[first] && !strings.HasSuffix(first, slug(place(t.Paths))) {
			first = withPlace(first, t.Paths)
		}
		t.Name = first
		for n := 2; taken[t.Name]; n++ {
			end := fmt.Sprintf("-%d", n)
			t.Name = strings.Trim(first[:min(len(first), maxName-len(end))], "-") + end
		}
		taken[t.Name] = true
	}
}

// withPlace adds to a name where a change's files are, as far as there is room for it.
func withPlace(name string, paths []string) string { return slug(name + " " + place(paths)) }

// describe sets the why of a topic, and returns what it is called after.
func (t *Topic) describe(units []shownUnit) string {
	var titles []string
	own := slices.ContainsFunc(units, func(u shownUnit) bool { return u.kind != kindMerge })
	for _, u := range units {
		if own && u.kind == kindMerge {
			continue // its subject says nothing of what it wrote
		}
		one := clean(u.title)
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
	if len(units) > 0 && units[0].kind == kindPull && 2*units[0].lines > t.Lines {
		t.Pull = units[0].name
	}
	switch {
	case t.class != "":
		t.Why = strings.ReplaceAll(t.class, "-", " ") + " in " + folder(t.Paths) + ": " + t.Why
		return t.class
	case t.written:
		t.Why = "only merges wrote this: " + t.Why
		return "written-by-merges"
	case len(units) == 0:
		t.Why = "no commit of the fork says where this comes from: " + list(t.Paths)
		return "unexplained"
	}
	return main(units)
}

// list joins titles, as many as a person reads.
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

// cut shortens a text to so many bytes at the end of a word or, where it has none, of a character.
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

// folder is the deepest folder that holds all paths.
func folder(paths []string) string {
	dir := path.Dir(paths[0])
	for _, p := range paths {
		for dir != "." && !strings.HasPrefix(p, dir+"/") {
			dir = path.Dir(dir)
		}
	}
	if dir == "." && len(paths) == 1 {
		return paths[0]
	}
	return dir
}

// version is a word that tells one version of something from the next.
var version = regexp.MustCompile(`(?i)^[(\[]?(v?[0-9]+([.+-][0-9a-z]+)*|[0-9a-f]{7,40}|` +
	`to|from|up|version|bump|update|updates|updated)[)\],.]?$`)

// followUp begins the title of a commit that mends another's work.
var followUp = regexp.MustCompile(`(?i)^(fix|fixup|fixes|fixed|wip|typo|lint|oops|revert|cleanup|clean|tweak|` +
	`format|style|update|bump|rename|remove|run)\b`)

// mergeTitle begins the title of a commit, or of a pull request, that brought upstream's changes.
var mergeTitle = regexp.MustCompile(`(?i)^merge (?:branch|pull request|remote-tracking|tag|upstream|vanilla)\b`)

// main is the title of most of a topic's lines: that of a unit or, where several differ in no more than a version, what
// they have in common.
func main(units []shownUnit) string {
	votes := map[string]int{}
	first := map[string]string{}
	order := map[string]int64{} // of the first
	for _, u := range units {
		if u.kind == kindMerge {
			continue
		}
		title := clean(u.title)
		var words []string
		for w := range strings.FieldsSeq(title) {
			if !version.MatchString(w) {
				words = append(words, w)
			}
		}
		key := slug(strings.Join(words, " "))
		switch {
		case mergeTitle.MatchString(title):
			votes[key] += u.lines
		case followUp.MatchString(title):
			votes[key] += 10 * u.lines
		default:
			votes[key] += 30 * u.lines
		}
		if at, ok := order[key]; !ok || u.date < at {
			order[key] = u.date
		}
		if first[key] == "" {
			first[key] = title
		} else if len(words) > 0 {
			first[key] = strings.Join(words, " ")
		}
	}
	best := ""
	for key, n := range votes {
		if key != "" && (best == "" || n > votes[best] || n == votes[best] && order[key] < order[best]) {
			best = key
		}
	}
	return first[best]
}

// clean makes one line of a title that a stranger wrote.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// slug makes a change's name of a title.
func slug(title string) string {
	s := strings.Join(strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
	if len(s) <= maxName {
		return s
	}
	s = s[:maxName]
	if i := strings.LastIndexByte(s, '-'); i > maxName/2 {
		s = s[:i]
	}
	return s
}
