package rewrite

import (
	"bytes"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
)

// LiteralEdits returns edits that turn a file's content into another. They name the lines that change as they are, with
// as many around them as make them the only ones of their kind. It returns nil if more than most places change, or if a
// line cannot be distinguished from others like it.
func LiteralEdits(name string, data, out []byte, most int) []series.Edit {
	places := blocks(data, out)
	if len(places) > most {
		return nil
	}
	var edits []series.Edit
	state := data
	for _, b := range places {
		var e series.Edit
		for around := 0; around <= 3; around++ {
			find, replace := b.with(around)
			if e = (series.Edit{File: name, Find: find, Replace: replace, Count: 1}); find != "" && len(e.Spans(state)) == 1 {
				break
			}
		}
		if e.Find == "" {
			return nil
		}
		spans := e.Spans(state)
		if len(spans) != 1 {
			return nil
		}
		state = e.ReplaceAt(state, spans)
		edits = append(edits, e)
	}
	if !bytes.Equal(state, out) || len(edits) == 0 {
		return nil
	}
	return edits
}

// block is a run of lines that one text has in place of another's, with the lines around it.
type block struct {
	before, old, fresh, after []string
}

func (b block) with(around int) (old, fresh string) {
	head := strings.Join(b.before[max(0, len(b.before)-around):], "")
	tail := strings.Join(b.after[:min(around, len(b.after))], "")
	return head + strings.Join(b.old, "") + tail, head + strings.Join(b.fresh, "") + tail
}

// blocks are the places in which two texts differ.
func blocks(a, b []byte) []block {
	var out []block
	for _, h := range diff.Diff(a, b) {
		for i := 0; i < len(h.Lines); {
			if h.Lines[i].Op == ' ' {
				i++
				continue
			}
			var one block
			for k := i - 1; k >= 0 && h.Lines[k].Op != '+'; k-- {
				if h.Lines[k].Op == '-' {
					break
				}
				one.before = append([]string{string(h.Lines[k].Text)}, one.before...)
			}
			for ; i < len(h.Lines) && h.Lines[i].Op != ' '; i++ {
				if h.Lines[i].Op == '-' {
					one.old = append(one.old, string(h.Lines[i].Text))
				} else {
					one.fresh = append(one.fresh, string(h.Lines[i].Text))
				}
			}
			for k := i; k < len(h.Lines) && h.Lines[k].Op == ' '; k++ {
				one.after = append(one.after, string(h.Lines[k].Text))
			}
			out = append(out, one)
		}
	}
	return out
}
