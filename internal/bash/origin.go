package bash

import (
	"sort"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Origin is where a text that is followed stands in the whole source.
type Origin struct {
	Shift  int    // added to a line of the text
	Cuts   []Cut  // of a text that was joined from parts of the source, by Offset; Shift does not count then
	Source string // what the parts are of
}

// Cut is a part of the source within a text: all of it is on one line.
type Cut struct {
	Offset int // in the text
	From   int // in the source
	Line   int // of the source
}

// cut returns the part that has an offset of the text, or nil.
func (o Origin) cut(offset int) *Cut {
	if i := sort.Search(len(o.Cuts), func(i int) bool { return o.Cuts[i].Offset > offset }); i > 0 {
		return &o.Cuts[i-1]
	}
	return nil
}

// Line returns the source's line of a place in the text, from its offset and its line in the text.
func (o Origin) Line(offset, line int) int {
	if c := o.cut(offset); c != nil {
		return c.Line
	}
	return line + o.Shift
}

// At returns the source's line of a place in the text.
func (o Origin) At(at syntax.Pos) int { return o.Line(int(at.Offset()), int(at.Line())) }

// Written returns a part of the text as its author wrote it.
func (o Origin) Written(text string, from, to int) string {
	first, last := o.cut(from), o.cut(max(from, to-1))
	if first == nil || last == nil {
		return text[from:to]
	}
	a, b := first.From+from-first.Offset, last.From+to-last.Offset
	if a > b || b > len(o.Source) {
		return text[from:to]
	}
	return o.Source[a:b]
}

// Within returns where a part of the text stands that begins at an offset.
func (o Origin) Within(text string, from int) Origin {
	if o.cut(from) == nil {
		return Origin{Shift: o.Shift + strings.Count(text[:from], "\n")}
	}
	out := Origin{Source: o.Source}
	for i, c := range o.Cuts {
		switch {
		case i+1 < len(o.Cuts) && o.Cuts[i+1].Offset <= from:
			continue
		case c.Offset < from:
			c.From += from - c.Offset
			c.Offset = from
		}
		c.Offset -= from
		out.Cuts = append(out.Cuts, c)
	}
	return out
}
