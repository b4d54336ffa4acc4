package view

import (
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// rangeLines is how many lines of a range-diff are shown; patch:pin prints all of them.
const rangeLines = 60

// drift adds what became of a change's pull request, and what has changed there.
func (c Change) drift(p *term.Page, by target.Caller) {
	head := term.Line{term.Yellow.Of("drifted"), term.Textf("  "), term.Bold.Of("%s", c.Name)}
	if c.Source != nil {
		head = append(head, term.Textf("  %s", c.Source.place()))
	}
	p.Add(head...)
	p.Add(term.Textf("  %s", term.Message(c.Drift.Message)))
	lines := strings.Split(strings.TrimRight(c.Drift.RangeDiff, "\n"), "\n")
	for i, l := range lines {
		if l == "" {
			continue
		}
		if i == rangeLines {
			p.Add(term.Dim.Of("    … %s more", plural.Of(len(lines)-i, "line")))
			break
		}
		p.Add(ranged(l).Of("    %s", strings.ReplaceAll(term.Clip(l, 160), "\t", "    ")).Unbroken())
	}
	if next := c.Drift.next(c); next != nil {
		p.Add(term.Textf("  "), term.Bold.Of("next: "), term.Textf("%s", by.Line(fault.Command(*next))))
	}
}

// next returns the next command: a pin only changes when a person runs it.
func (d Drift) next(c Change) *nextStep {
	switch {
	case c.Verdict == "landed":
		return &nextStep{"patch:drop", []string{c.Name}}
	case d.State == "moved":
		return &nextStep{"patch:pin", []string{c.Name}}
	}
	return &nextStep{"patch:show", []string{c.Name}}
}

// ranged returns the style of a line of a range-diff: of the inner diff's line, if it has one.
func ranged(l string) term.Style {
	switch inner := strings.TrimPrefix(l, "    "); {
	case inner == l:
		return term.Normal
	case strings.HasPrefix(inner, "+"):
		return term.Green
	case strings.HasPrefix(inner, "-"):
		return term.Red
	case strings.HasPrefix(inner, "@@"):
		return term.Dim
	}
	return term.Normal
}
