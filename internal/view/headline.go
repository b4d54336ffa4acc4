package view

import "github.com/howdah/howdah/internal/term"

// screen is the number of lines of a small terminal: a longer report repeats its first line at the end, since that
// has scrolled away.
const screen = 24

// repeatHeadline ends a long report with its headline.
func repeatHeadline(p *term.Page, headline term.Span) {
	if p.Len() > screen {
		p.Gap()
		p.Add(headline)
	}
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
