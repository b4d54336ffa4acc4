package apply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"

	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// MissedEdit is an edit that could not be made, for it found another number of matches than it expects.
type MissedEdit struct {
	Edit   *series.Edit
	Number int             // among the edits of its change, from 1
	Of     int             // how many these are
	Found  int             // matches; more than series.MaxCount counts as one more than that
	Near   []verdict.Place // the matches, or the lines that come near or have a word of its text; none where no line does
}

// spoiler is the number of the earlier edit of a change after which edit i no longer finds its text as often as in the
// file that upstream has; 0 if there is none, or if too much was looked for.
func (r *Run) spoiler(ctx context.Context, c *series.Change, i int, t *tree.Tree) (int, error) {
	e := &c.Edits[i]
	sameFile := func(earlier series.Edit) bool { return earlier.File == e.File }
	if r.brief() || r.near.over() || !slices.ContainsFunc(c.Edits[:i], sameFile) {
		return 0, nil
	}
	f, err := t.ReadFile(ctx, e.File)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil || !r.fits(e, f.Data) {
		return 0, err
	}
	data := f.Data
	for k := range c.Edits[:i] {
		earlier := &c.Edits[k]
		if earlier.File != e.File {
			continue
		}
		spans, ok := find(&r.near, earlier, data)
		if !ok {
			return 0, nil
		}
		if len(spans) != earlier.Count {
			continue
		}
		next, refused := earlier.ReplaceLimited(data, spans)
		if refused != nil {
			return 0, nil
		}
		r.near.charge(len(next), costOfResult)
		if data = next; !r.fits(e, data) {
			if r.near.over() {
				return 0, nil
			}
			return k + 1, nil
		}
	}
	return 0, nil
}

// fits reports whether an edit finds its text as often as it expects.
func (r *Run) fits(e *series.Edit, data []byte) bool {
	spans, ok := find(&r.near, e, data)
	return ok && len(spans) == e.Count
}

// spoiled says which edit made another impossible.
func spoiled(c *series.Change, by int) string {
	if by == 0 {
		return ""
	}
	return fmt.Sprintf("; upstream's file has it, but edit %d of this change (line %d) takes it away first", by,
		c.Edits[by-1].Line)
}

// word is what a line can share with the text of an edit though nothing else of it is left: a name.
var word = regexp.MustCompile(`[\pL_][\pL\pN_-]{3,}`)

// sameWord are the lines of a file that have the longest word of an edit's text, where no line comes near the text.
func (r *Run) sameWord(e *series.Edit, data []byte) (found []verdict.Place) {
	text := e.Find
	if e.Match != "" {
		text = nearest.Literal(e.Match)
	}
	text = text[:min(len(text), maxText)]
	longest := ""
	for _, w := range word.FindAllString(text, -1) {
		if len(w) <= len(longest) {
			continue
		}
		if r.near.charge(len(data), 1); r.near.over() {
			return nil
		}
		if bytes.Contains(data, []byte(w)) {
			longest = w
		}
	}
	for from := 0; longest != "" && len(found) < 3; {
		i := bytes.Index(data[from:], []byte(longest))
		if i < 0 {
			break
		}
		found = append(found, placeOf(e.File, data, from+i))
		end := bytes.IndexByte(data[from+i:], '\n')
		if end < 0 {
			break
		}
		from += i + end
	}
	return found
}

// nearestLines are the lines of a file that are most like what an edit looks for; where none is at all like it, the
// file as a whole, and so it is where too much was looked for.
func (r *Run) nearestLines(e *series.Edit, data []byte) []verdict.Place {
	want := e.Find
	if e.Match != "" {
		want = nearest.Literal(e.Match)
	}
	var out []verdict.Place
	r.near.charge(costOfChange, 2)
	if r.near.charge(len(want)+len(data), costOfLike); r.near.over() {
		return []verdict.Place{{File: e.File}}
	}
	for _, l := range nearest.Lines(want, data, 3) {
		text := bytes.TrimRight(l.Text[:min(len(l.Text), maxText)], "\r\n")
		out = append(out, verdict.Place{File: e.File, Line: l.Number, Text: string(text)})
	}
	if len(out) == 0 {
		return []verdict.Place{{File: e.File}}
	}
	return out
}
