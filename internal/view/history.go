package view

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/verdict"
)

// headline returns the result in one line.
func (h History) headline() string {
	broken, landed, steady := 0, 0, 0
	for _, c := range h.Changes {
		switch last := c.last(); {
		case verdict.Kind(last.Verdict).Fails():
			broken++
		case last.Verdict == "landed":
			landed++
		case !c.broke():
			steady++
		}
	}
	parts := []string{h.Distribution, fmt.Sprintf("%s over %s, %s", plural.Of(len(h.Changes), "change"),
		plural.Of(h.Commits, "commit"), plural.Of(h.States, "state"))}
	for _, n := range []struct {
		n     int
		words string
	}{{broken, "broken now"}, {landed, "landed"}, {steady, "never broken"}} {
		if n.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.n, n.words))
		}
	}
	return strings.Join(nonEmpty(append(parts, term.Short(h.From)+".."+term.Short(h.To))), " · ")
}

// last returns the newest span.
func (c ChangeSpans) last() Span {
	if len(c.Spans) == 0 {
		return Span{}
	}
	return c.Spans[len(c.Spans)-1]
}

// broke reports whether the change failed at some commit.
func (c ChangeSpans) broke() bool {
	for _, s := range c.Spans {
		if verdict.Kind(s.Verdict).Fails() {
			return true
		}
	}
	return false
}

// maxRows is how many rows the table of a history has.
const maxRows = 1_000

// Text returns one row for the present state of each change, and rows for earlier states, newest first, if they
// differ.
func (h History) Text() term.Page {
	var p term.Page
	p.Add(term.Bold.Of("%s", h.headline()))
	p.Gap()
	rows := []term.Line{{term.Dim.Of("now"), term.Dim.Of("change"), term.Dim.Of("commits"), term.Dim.Of("since"),
		term.Dim.Of("%s", h.forecastHead())}}
	more := 0
	for _, c := range h.Changes {
		more += len(c.Spans)
		for i := len(c.Spans) - 1; i >= 0 && len(rows) <= maxRows; i-- {
			more--
			s := c.Spans[i]
			name, forecast := "", ""
			if i == len(c.Spans)-1 {
				name = c.Name
				if c.Forecast != nil {
					forecast = percent(c.Forecast.Probability)
				}
			}
			rows = append(rows, term.Line{paint(s.Verdict).Of("%s", s.Verdict), term.Textf("%s", name),
				term.Textf("%d", s.Commits), term.Textf("%s", s.since(i == 0)).Cut(), term.Textf("%s", forecast)})
		}
	}
	p.Table(0, rows)
	if more > 0 {
		p.Add(term.Textf("… %s more; all are in dist/patch-history.json", plural.Of(more, "row")))
	}
	for i, f := range h.Picture {
		if i == 0 {
			p.Gap()
		}
		p.Add(term.Textf("picture: %s", f.File))
	}
	repeatHeadline(&p, term.Bold.Of("%s", h.headline()))
	return p
}

func (h History) forecastHead() string {
	for _, c := range h.Changes {
		if c.Forecast != nil {
			return fmt.Sprintf("breaks in %d", c.Forecast.Commits)
		}
	}
	return ""
}

// since returns the commit at which a span began.
func (s Span) since(first bool) string {
	switch {
	case s.By != nil:
		return strings.TrimSpace(s.By.about() + " " + term.Clip(s.By.subject(), 60))
	case first:
		return "the beginning"
	}
	return term.Short(s.From)
}

func percent(p float64) string {
	switch {
	case p > 0 && p < 0.005:
		return "<1 %"
	case p < 1 && p >= 0.995:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}
