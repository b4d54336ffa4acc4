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

// MissedEdit is an edit that was not applied, because the number of matches is not the expected one.
type MissedEdit struct {
	Edit   *series.Edit
	Number int             // the edit's index in its change, from 1
	Of     int             // the number of the change's edits
	Found  int             // matches; series.MaxCount + 1 means more than that
	Near   []verdict.Place // the matches, or similar lines, or lines that share a word; may be empty
}

// spoiler returns the number of the earlier edit of the change after which edit i no longer finds its text; 0 if
// there is none, or if the search became too costly.
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

// spoiled names the edit that made another one impossible.
func spoiled(c *series.Change, by int) string {
	if by == 0 {
		return ""
	}
	return fmt.Sprintf("; upstream's file has it, but edit %d of this change (%s:%d) takes it away first", by,
		c.File, c.Edits[by-1].Line)
}

// word matches a name: a line may share it with an edit's text even if nothing else is similar.
var word = regexp.MustCompile(`[\pL_][\pL\pN_-]{3,}`)

// sameWord returns the lines of a file that have the longest word of an edit's text, if no line is similar.
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

// nearestLines returns the lines of a file that are most similar to an edit's text. If none is, or if the search
// became too costly, it returns the file as a whole.
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
