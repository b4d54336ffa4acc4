package fork

import (
	"fmt"
	"strings"
)

// A topic is large if it has more than a tenth of the fork's lines and more than 50 lines.
const (
	largePart = 10
	largeSize = 50
)

// largeReason explains why a topic is large; "" if it is not. Units are sorted by lines, the most first; all is the
// number of the fork's lines.
func (t *Topic) largeReason(units []shownUnit, all int) string {
	if t.Lines <= largeSize || largePart*t.Lines <= all {
		return ""
	}
	var why []string
	if len(t.Paths) == 1 {
		why = append(why, "it is one file")
	}
	if t.class != "" {
		why = append(why, "its files are "+strings.ReplaceAll(t.class, "-", " ")+", a change of their own")
	}
	if len(units) > 0 && units[0].lines > 0 {
		top := units[0]
		switch {
		case 2*top.lines > t.Lines:
			one := fmt.Sprintf("%s wrote %d of its %d lines", top.label(), top.lines, t.Lines)
			if rest := t.Lines - top.lines; t.class == "" && len(t.Paths) > 1 && largePart*rest > all {
				one += fmt.Sprintf("; the other %d lines are of commits that rework those lines and each other's, or "+
					"write the same new files", rest)
			}
			why = append(why, one)
		case t.class == "" && len(t.Paths) > 1:
			why = append(why, fmt.Sprintf("its commits rework each other's lines, or write the same new files; %s wrote "+
				"most, %d of its %d lines", top.label(), top.lines, t.Lines))
		default:
			why = append(why, fmt.Sprintf("%s wrote most, %d of its %d lines", top.label(), top.lines, t.Lines))
		}
	}
	return fmt.Sprintf("%d %% of the fork's lines: %s", 100*t.Lines/all, strings.Join(why, ", "))
}

// label returns the words that a person would search for: "pull request #12", "commit 1234567".
func (u *workUnit) label() string {
	switch u.kind {
	case kindPull:
		return "pull request " + u.name
	case kindBranch:
		return "the branch " + u.name
	case kindRelease:
		return u.title
	}
	id := u.commits[0].Short() // the other kinds have one commit
	switch u.kind {
	case kindMerge:
		return "the merge " + id
	case kindCopied:
		return "upstream's commit " + id
	}
	return "commit " + id
}
