package fork

import (
	"fmt"
	"strings"
)

// A topic is large with more than a tenth of a fork's lines, if these are more than a page.
const (
	largePart = 10
	largeSize = 50
)

// large says why a topic has more than a tenth of all lines; "" where it has not. Units come with the largest first.
func (t *Topic) large(units []shownUnit, all int) string {
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

// label names a unit as a person looks for it.
func (u *workUnit) label() string {
	switch u.kind {
	case kindPull:
		return "pull request " + u.name
	case kindRelease:
		return u.title
	}
	id := u.commits[0].Short() // of a commit there is one
	switch u.kind {
	case kindMerge:
		return "the merge " + id
	case kindCopied:
		return "upstream's commit " + id
	}
	return "commit " + id
}
