package fork

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// version is a word that tells one version of something from the next.
var version = regexp.MustCompile(`(?i)^[(\[]?(v?[0-9]+([.+-][0-9a-z]+)*|[0-9a-f]{7,40}|` +
	`to|from|up|version|bump|update|updates|updated)[)\],.]?$`)

// followUp begins the title of a commit that mends another's work.
var followUp = regexp.MustCompile(`(?i)^(fix|fixup|fixes|fixed|fixing|wip|typo|lint|oops|revert|cleanup|clean|tweak|` +
	`format|style|update|updating|bump|increment|rename|remove|run|resolve|test)\b`)

// mergeTitle begins the title of a commit, or of a pull request, that brought upstream's changes.
var mergeTitle = regexp.MustCompile(`(?i)^merge\b`)

// subject is what units with one title did, versions aside.
type subject struct {
	title string
	lines int
	date  int64 // of the first
	rank  int   // how much a line of it counts
	unit  *workUnit
}

// Ranks of titles: what somebody made says more than what mended it, and that more than what brought it.
const (
	rankMerge  = 1
	rankFollow = 10
	rankMade   = 30
)

// titleOf is the title of most of a topic's lines: that of a unit or, where several differ in no more than a version,
// what they have in common. One that wrote less than a quarter of what another wrote names nothing. Of the units of
// which no line is left, one that made something counts where those that wrote the lines only mended it. The unit is
// the one that has the title, nil without one.
func titleOf(left, before []shownUnit) (string, *workUnit) {
	best := chief(left)
	if best == nil || best.rank < rankMade {
		first := chief(before)
		if first != nil && first.rank == rankMade && (best == nil || 4*first.lines >= best.lines) {
			best = first
		}
	}
	if best == nil {
		return "", nil
	}
	return best.title, best.unit
}

// chief is the subject of most lines, weighed by rank.
func chief(units []shownUnit) *subject {
	by := map[string]*subject{}
	var all []*subject
	most := 0
	for _, u := range units {
		if u.kind == kindMerge {
			continue
		}
		title := bare(clean(u.title))
		var words []string
		for w := range strings.FieldsSeq(title) {
			if !version.MatchString(w) {
				words = append(words, w)
			}
		}
		key := strings.ToLower(strings.Join(words, " "))
		if key == "" {
			key = strings.ToLower(title)
		}
		if key == "" {
			continue
		}
		s := by[key]
		if s == nil {
			s = &subject{title: title, date: u.date, rank: rankOf(title), unit: u.workUnit}
			by[key] = s
			all = append(all, s)
		} else if len(words) > 0 && !strings.EqualFold(s.title, title) {
			s.title = strings.Join(words, " ")
		}
		s.lines += u.lines
		s.date = min(s.date, u.date)
		most = max(most, s.lines)
	}
	if len(all) == 0 {
		return nil
	}
	all = slices.DeleteFunc(all, func(s *subject) bool { return 4*s.lines < most })
	return slices.MinFunc(all, func(a, b *subject) int {
		return cmp.Or(cmp.Compare(b.rank*b.lines, a.rank*a.lines), cmp.Compare(a.date, b.date),
			strings.Compare(a.title, b.title))
	})
}

func rankOf(title string) int {
	switch {
	case mergeTitle.MatchString(title):
		return rankMerge
	case followUp.MatchString(title):
		return rankFollow
	}
	return rankMade
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
