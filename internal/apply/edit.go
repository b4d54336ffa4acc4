package apply

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// maxPlaces is how many places of one failure are reported.
const maxPlaces = 10

// edits applies counted replacements, each on the result of those before it; either all of them or none.
func (r *Run) edits(ctx context.Context, c *series.Change, t *tree.Tree, j *judgement) error {
	v := view{t, j}
	for i := range c.Edits {
		e := &c.Edits[i]
		f, refused, err := v.lookup(ctx, e.File)
		switch {
		case err != nil:
			return err
		case refused != nil:
			j.refuse(refused.At(c.File, e.Line), c)
			continue
		case f == nil:
			if err := r.editGone(ctx, c, e.File, j); err != nil {
				return err
			}
			continue
		case f.Mode == tree.Symlink:
			j.refuse(safety.Unsafe("%q is a symbolic link", e.File).At(c.File, e.Line), c)
			continue
		}
		spans, ok := find(r.cost, e, f.Data)
		if !ok {
			return nil // judge refuses it
		}
		j.parts++
		if len(spans) != e.Count {
			by, err := r.spoiler(ctx, c, i, t)
			if err != nil {
				return err
			}
			r.miscount(j, c, i, misses{f.Data, spans, by})
			continue
		}
		next, refused := e.ReplaceLimited(f.Data, spans)
		if refused != nil {
			j.refuse(refused.At(c.File, e.Line), c)
			return nil
		}
		r.cost.charge(len(next), costOfResult)
		if bytes.Equal(next, f.Data) {
			j.idle = append(j.idle, placeOf(e.File, f.Data, spans[0][0]))
		}
		j.files[e.File] = &tree.File{Mode: f.Mode, Data: next}
	}
	return nil
}

// find searches for an edit's text; ok is false if the search would cost more than m has left.
func find(m *meter, e *series.Edit, data []byte) (spans [][]int, ok bool) {
	each, once := e.Cost()
	ofSpan := costOfFind
	if e.Match != "" {
		each, ofSpan = each*costOfMatch, costOfSpan
		m.charge(once, costOfCompile)
	}
	if m.charge(len(data), each); m.over() {
		return nil, false
	}
	spans = e.Spans(data)
	m.charge(len(spans), ofSpan)
	return spans, !m.over()
}

// maxQuoted is how many bytes of a text a message repeats.
const maxQuoted = 300

// quoted returns a text for a message, cut if it is long.
func quoted(s string) string {
	if len(s) <= maxQuoted {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q… (%d bytes)", strings.ToValidUTF8(s[:maxQuoted], ""), len(s))
}

// wants describes in a message what the edit searches for.
func wants(e *series.Edit) string {
	if e.Match != "" {
		return "the expression " + quoted(e.Match)
	}
	return quoted(e.Find)
}

// misses is what an edit found in a text, and the number of the earlier edit that caused it; 0: none.
type misses struct {
	data  []byte
	spans [][]int
	by    int
}

// miscount records how many matches were expected and found, where they are, which lines are similar, and which
// earlier edit is the cause.
func (r *Run) miscount(j *judgement, c *series.Change, i int, m misses) {
	e, data, spans := &c.Edits[i], m.data, m.spans
	if r.brief() {
		j.worsen(verdict.Count, "")
		j.matched = j.matched || len(spans) > 0
		return
	}
	message := fmt.Sprintf("%s: expected %s for %s, found %s", e.File, plural.Of(e.Count, "match"), wants(e),
		found(len(spans)))
	switch {
	case len(spans) == 0 && e.Match == "" && e.Replace != "" && bytes.Count(data, []byte(e.Replace)) == e.Count:
		message += "; its replacement is already there"
	case len(spans) == 0 && strings.Contains(e.Find, "\n") && bytes.Contains(data, []byte("\r\n")) &&
		!strings.Contains(e.Find, "\r"):
		message += "; the file's lines end with \\r\\n"
	}
	j.worsen(verdict.Count, message+spoiled(c, m.by))
	missed := MissedEdit{Edit: e, Number: i + 1, Of: len(c.Edits), Found: len(spans)}
	if len(spans) == 0 {
		missed.Near = r.nearestLines(e, data)
	} else {
		j.matched = true
	}
	for _, s := range spans[:min(len(spans), maxPlaces)] {
		missed.Near = append(missed.Near, placeOf(e.File, data, s[0]))
	}
	j.at = append(j.at, missed.Near...)
	if missed.Near[0].Line == 0 {
		missed.Near = r.sameWord(e, data)
	}
	j.missed = append(j.missed, missed)
}

// maxText is how many bytes of a line a place repeats.
const maxText = 1000

// placeOf returns the line of a file at this offset.
func placeOf(file string, data []byte, offset int) verdict.Place {
	start := bytes.LastIndexByte(data[:offset], '\n') + 1
	text, _, _ := bytes.Cut(data[start:], []byte("\n"))
	return verdict.Place{File: file, Line: 1 + bytes.Count(data[:offset], []byte("\n")),
		Text: string(text[:min(len(text), maxText)])}
}

// found prints a number of matches; the search stops at one more than the limit.
func found(n int) string {
	if n > series.MaxCount {
		return fmt.Sprintf("more than %d", series.MaxCount)
	}
	return strconv.Itoa(n)
}
