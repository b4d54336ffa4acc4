package view

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/term"
)

// fitting says of each file of a patch which of its hunks fit, and where upstream is most like those that do not.
func fitting(hunks []Hunk) []string {
	var out []string
	for len(hunks) > 0 {
		n := 1
		for n < len(hunks) && hunks[n].File == hunks[0].File {
			n++
		}
		if text := fittingFile(hunks[:n]); n > 1 {
			out = append(out, text)
		}
		hunks = hunks[n:]
	}
	return out
}

func fittingFile(hunks []Hunk) string {
	fits := 0
	var not []string
	for _, h := range hunks {
		if h.Fits {
			fits++
		} else {
			not = append(not, fmt.Sprintf("%d (line %d)", h.Hunk, h.Line))
		}
	}
	const most = 8
	more := ""
	if len(not) > most {
		more = fmt.Sprintf(" and %d more", len(not)-most)
		not = not[:most]
	}
	return fmt.Sprintf("%d of %s of %s %s; not: %s%s", fits, plural.Of(len(hunks), "hunk"), hunks[0].File,
		verb(fits, "fits", "fit"), strings.Join(not, ", "), more)
}

// base says where a conflict's base comes from, where that is not upstream.
func (c Conflict) base() string {
	if c.Supposed {
		return ", where it is most like the patch; its base is not known"
	}
	return ""
}

// text is what became of a file, with the commit that did it.
func (w Went) text() string {
	did := "was deleted"
	if w.To != "" {
		did = "was moved to " + w.To
	}
	return fmt.Sprintf("%s %s by %s  %s", w.File, did, w.By.about(), term.Clip(w.By.Subject, 100))
}
