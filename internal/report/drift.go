package report

import (
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/target"
)

// rangeLines is how many lines of a range-diff are shown; patch:pin prints all of it.
const rangeLines = 60

// drift is what became of a change's pull request, with what is other there now.
func (c Change) drift(p *Page, by target.Caller) {
	head := line{yellow.of("drifted"), say("  "), bold.of("%s", c.Name)}
	if c.Source != nil {
		head = append(head, say("  %s", c.Source.place()))
	}
	p.add(head...)
	p.add(say("  %s", Message(c.Drift.Message)))
	lines := strings.Split(strings.TrimRight(c.Drift.RangeDiff, "\n"), "\n")
	for i, l := range lines {
		if l == "" {
			continue
		}
		if i == rangeLines {
			p.add(dim.of("    … %s more", plural(len(lines)-i, "line")))
			break
		}
		p.add(ranged(l).of("    %s", strings.ReplaceAll(Clip(l, 160), "\t", "    ")))
	}
	if next := c.Drift.next(c); next != nil {
		p.add(say("  "), bold.of("next: "), say("%s", by.Line(fault.Command(*next))))
	}
}

// next is what there is to do: the pin is never followed by itself.
func (d Drift) next(c Change) *Next {
	switch {
	case c.Verdict == "landed":
		return &Next{"patch:drop", []string{c.Name}}
	case d.State == "moved":
		return &Next{"patch:pin", []string{c.Name}}
	}
	return &Next{"patch:show", []string{c.Name}}
}

// ranged is the colour of a range-diff's line: of the inner diff's, where it has one.
func ranged(l string) style {
	switch inner := strings.TrimPrefix(l, "    "); {
	case inner == l:
		return normal
	case strings.HasPrefix(inner, "+"):
		return green
	case strings.HasPrefix(inner, "-"):
		return red
	case strings.HasPrefix(inner, "@@"):
		return dim
	}
	return normal
}
