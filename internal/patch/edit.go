package patch

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// maxPlaces is how many places of one failure are worth reading.
const maxPlaces = 10

// maxMatches is where a text that is found too often is no longer counted.
const maxMatches = maxCount + 1

// edits makes counted replacements, each on the result of those before it, all or none.
func (r *run) edits(ctx context.Context, c *Change, t *tree.Tree, j *judgement) error {
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
			if err := r.gone(ctx, c, e.File, j); err != nil {
				return err
			}
			continue
		case f.Mode == tree.Symlink:
			j.refuse(unsafe("%q is a symbolic link", e.File).At(c.File, e.Line), c)
			continue
		}
		if r.cost.charge(len(f.Data), e.weight()); r.cost.over() {
			return nil // refused by judge
		}
		spans := e.find(f.Data)
		j.parts++
		if len(spans) != e.Count {
			j.miscount(e, f.Data, spans)
			continue
		}
		next, refused := e.replaced(f.Data, spans)
		if refused != nil {
			j.refuse(refused.At(c.File, e.Line), c)
			return nil
		}
		r.cost.charge(len(next), 1)
		if bytes.Equal(next, f.Data) {
			j.idle = append(j.idle, place(e.File, f.Data, spans[0][0]))
		}
		j.files[e.File] = &tree.File{Mode: f.Mode, Data: next}
	}
	return nil
}

// regexp gives the compiled form of Match.
func (e *Edit) regexp() *regexp.Regexp { return regexp.MustCompile("(?m)" + e.Match) }

// find gives where the edit's text stands: for each match the indexes of it and, with Match, of its groups.
func (e *Edit) find(data []byte) [][]int {
	if e.Match != "" {
		return e.regexp().FindAllSubmatchIndex(data, maxMatches)
	}
	var spans [][]int
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(e.Find))
		if i < 0 || len(spans) == maxMatches {
			return spans
		}
		spans = append(spans, []int{at + i, at + i + len(e.Find)})
		at += i + len(e.Find)
	}
}

// weight is what a byte costs in which the edit's text is looked for.
func (e *Edit) weight() int {
	if e.Match == "" {
		return 1
	}
	return costOfMatch * measure(e.Match).weight
}

// replace puts the replacement where find found something.
func (e *Edit) replace(data []byte, spans [][]int) []byte {
	out, _ := e.replaced(data, spans)
	return out
}

// replaced is replace, for a text that may become too large: that is refused before it is made.
func (e *Edit) replaced(data []byte, spans [][]int) ([]byte, *fault.Error) {
	if e.Match == "" && len(spans) > 0 {
		if refused := checkResult(e.File, len(data)+len(spans)*(len(e.Replace)-len(e.Find))); refused != nil {
			return nil, refused
		}
	}
	var out []byte
	var re *regexp.Regexp
	if e.Match != "" {
		re = e.regexp()
	}
	at := 0
	for _, s := range spans {
		out = append(out, data[at:s[0]]...)
		if re != nil {
			out = re.Expand(out, []byte(e.Replace), data, s)
		} else {
			out = append(out, e.Replace...)
		}
		if refused := checkResult(e.File, len(out)); refused != nil {
			return nil, refused
		}
		at = s[1]
	}
	return append(out, data[at:]...), nil
}

// maxQuoted is how many bytes of a text a message repeats.
const maxQuoted = 300

// quoted repeats a text in a message, its beginning where it is long.
func quoted(s string) string {
	if len(s) <= maxQuoted {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q… (%d bytes)", strings.ToValidUTF8(s[:maxQuoted], ""), len(s))
}

// wants is what the edit looks for, as it is written in a message.
func (e *Edit) wants() string {
	if e.Match != "" {
		return "match " + quoted(e.Match)
	}
	return quoted(e.Find)
}

// miscount tells how often the text was found, where, and what comes near.
func (j *judgement) miscount(e *Edit, data []byte, spans [][]int) {
	message := fmt.Sprintf("%s: %s stands there %s, %d expected", e.File, e.wants(), times(len(spans)), e.Count)
	switch {
	case len(spans) == 0 && e.Match == "" && e.Replace != "" && bytes.Count(data, []byte(e.Replace)) == e.Count:
		message += "; its replacement stands there"
	case len(spans) == 0 && strings.Contains(e.Find, "\n") && bytes.Contains(data, []byte("\r\n")) && !strings.Contains(e.Find, "\r"):
		message += "; lines end with \\r\\n there"
	}
	j.worsen(Count, message)
	if len(spans) == 0 {
		j.at = append(j.at, nearestLines(e, data)...)
		return
	}
	j.matched = true
	for _, s := range spans[:min(len(spans), maxPlaces)] {
		j.at = append(j.at, place(e.File, data, s[0]))
	}
}

// maxText is how many bytes of a line a place repeats.
const maxText = 1000

// place is the line of a file in which offset lies.
func place(file string, data []byte, offset int) Place {
	start := bytes.LastIndexByte(data[:offset], '\n') + 1
	text, _, _ := bytes.Cut(data[start:], []byte("\n"))
	return Place{File: file, Line: 1 + bytes.Count(data[:offset], []byte("\n")), Text: string(text[:min(len(text), maxText)])}
}

func times(n int) string {
	switch n {
	case 0:
		return "not at all"
	case 1:
		return "once"
	case maxMatches:
		return fmt.Sprintf("more than %d times", maxCount)
	}
	return fmt.Sprintf("%d times", n)
}

func plural(n int, noun string) string {
	switch {
	case n == 1 || noun == "":
	case strings.HasSuffix(noun, "ch"):
		noun += "es"
	default:
		noun += "s"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", n, noun))
}
