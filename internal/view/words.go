package view

import "github.com/howdah/howdah/internal/term"

// screen is how many lines a small terminal shows: a report that is longer ends with its first line, which has scrolled
// away by then.
const screen = 24

// again ends a long report with its headline.
func again(p *term.Page, headline term.Span) {
	if p.Len() > screen {
		p.Gap()
		p.Add(headline)
	}
}

// verb is the form of a verb that fits a number.
func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func nonEmpty(parts []string) []string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}
