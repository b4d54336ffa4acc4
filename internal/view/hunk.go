package view

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/term"
)

// fitting returns, for each file of a patch, which of its hunks fit, and where upstream is most similar to the others.
func fitting(hunks []Hunk, more []MoreHunks) []string {
	counts := map[string]MoreHunks{}
	for _, m := range more {
		counts[m.File] = m
	}
	var out []string
	for len(hunks) > 0 {
		n := 1
		for n < len(hunks) && hunks[n].File == hunks[0].File {
			n++
		}
		m := counts[hunks[0].File]
		if n+m.Fit+m.Not+m.Untried > 1 {
			out = append(out, fittingFile(hunks[:n], m))
		}
		hunks = hunks[n:]
	}
	return out
}

func fittingFile(hunks []Hunk, others MoreHunks) string {
	fits := others.Fit
	var not []string
	for _, h := range hunks {
		switch {
		case h.Fits:
			fits++
		case h.Nominal:
			not = append(not, fmt.Sprintf("%d (line %d, as the patch says)", h.Hunk, h.Line))
		default:
			not = append(not, fmt.Sprintf("%d (line %d)", h.Hunk, h.Line))
		}
	}
	const most = 8
	more := ""
	if n := len(not) + others.Not; n > most {
		not = not[:min(len(not), most)]
		more = fmt.Sprintf(" and %d more", n-len(not))
	}
	if others.Untried > 0 {
		more += fmt.Sprintf("; %d were not tried, which would take too long", others.Untried)
	}
	all := len(hunks) + others.Fit + others.Not + others.Untried
	return fmt.Sprintf("%d of %s of %s %s; not: %s%s", fits, plural.Of(all, "hunk"), hunks[0].File,
		plural.Verb(fits, "fits", "fit"), strings.Join(not, ", "), more)
}

// text returns where a file went, with the commit.
func (w Went) text() string {
	did := "was deleted"
	if w.To != "" {
		did = "was moved to " + w.To
	}
	return fmt.Sprintf("%s %s by %s  %s", w.File, did, w.By.about(), term.Clip(w.By.subject(), 100))
}
