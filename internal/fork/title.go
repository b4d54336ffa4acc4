package fork

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// version matches a word that differs between two updates of the same thing: a version, a commit id, "bump".
var version = regexp.MustCompile(`(?i)^[(\[]?(v?[0-9]+([.+-][0-9a-z]+)*|[0-9a-f]{7,40}|` +
	`to|from|up|version|bump|update|updates|updated)[)\],.]?$`)

// followUpTitle matches the title of a commit that corrects an earlier one.
var followUpTitle = regexp.MustCompile(`(?i)^(fix|fixup|fixes|fixed|fixing|wip|typo|lint|oops|revert|cleanup|clean|` +
	`tweak|format|style|update|updating|bump|increment|rename|remove|run|resolve|test)\b`)

// mergeTitle matches the title of a commit or pull request that merges upstream.
var mergeTitle = regexp.MustCompile(`(?i)^merge\b`)

// subject sums up the units whose titles are equal except for versions.
type subject struct {
	title string
	lines int
	date  int64 // of its first commit
	rank  int   // the weight of one line
	unit  *workUnit
}

// Weights of a line by its commit's title: original work over corrections over merges.
const (
	rankMerge  = 1
	rankFollow = 10
	rankMade   = 30
)

// titleOf returns the title to name a topic after, and the unit that has it (nil if none). It is the title of most
// lines, see mainTitle. If the units whose lines are left only corrected others, it is the title of the original work
// (in before), unless that had less than a quarter of their lines.
func titleOf(left, before []shownUnit) (string, *workUnit) {
	best := mainTitle(left)
	if best == nil || best.rank < rankMade {
		first := mainTitle(before)
		if first != nil && first.rank == rankMade && (best == nil || 4*first.lines >= best.lines) {
			best = first
		}
	}
	if best == nil {
		return "", nil
	}
	return best.title, best.unit
}

// mainTitle returns the title with the most lines, weighted by rank. Titles that differ only in a version count as
// one. Titles with less than a quarter of the lines of another are left out.
func mainTitle(units []shownUnit) *subject {
	by := map[string]*subject{}
	var all []*subject
	most := 0
	for _, u := range units {
		if u.kind == kindMerge {
			continue
		}
		title := withoutMarkers(oneLine(u.title))
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
	case followUpTitle.MatchString(title):
		return rankFollow
	}
	return rankMade
}

// oneLine removes line breaks, control and invisible characters: the title is from a stranger.
func oneLine(s string) string {
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
