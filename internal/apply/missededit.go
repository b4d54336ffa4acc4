package apply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"

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
// file that upstream has; 0 if there is none.
func spoiler(ctx context.Context, c *series.Change, i int, t *tree.Tree) (int, error) {
	e := &c.Edits[i]
	f, err := t.ReadFile(ctx, e.File)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil || len(e.Spans(f.Data)) != e.Count {
		return 0, err
	}
	data := f.Data
	for k := range c.Edits[:i] {
		earlier := &c.Edits[k]
		if earlier.File != e.File {
			continue
		}
		spans := earlier.Spans(data)
		if len(spans) != earlier.Count {
			continue
		}
		next, refused := earlier.ReplaceLimited(data, spans)
		if refused != nil {
			return 0, nil
		}
		if data = next; len(e.Spans(data)) != e.Count {
			return k + 1, nil
		}
	}
	return 0, nil
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
func sameWord(e *series.Edit, data []byte) (found []verdict.Place) {
	text := e.Find
	if e.Match != "" {
		text = nearest.Literal(e.Match)
	}
	longest := ""
	for _, w := range word.FindAllString(text, -1) {
		if len(w) > len(longest) && bytes.Contains(data, []byte(w)) {
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
// file as a whole.
func nearestLines(e *series.Edit, data []byte) []verdict.Place {
	want := e.Find
	if e.Match != "" {
		want = nearest.Literal(e.Match)
	}
	var out []verdict.Place
	for _, l := range nearest.Lines(want, data, 3) {
		text := bytes.TrimRight(l.Text[:min(len(l.Text), maxText)], "\r\n")
		out = append(out, verdict.Place{File: e.File, Line: l.Number, Text: string(text)})
	}
	if len(out) == 0 {
		return []verdict.Place{{File: e.File}}
	}
	return out
}
