package rewrite

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// rewriteEdits keeps the edits that still do what is wanted, gives others another replacement, and adds some for the
// rest. If edits cannot say what was done, it returns nil, and why.
func rewriteEdits(ctx context.Context, r *apply.Run, c *series.Change, before,
	after *tree.Tree) (*Rewritten, string, error) {
	deltas, err := tree.Compare(ctx, before, after)
	if err != nil {
		return nil, "", err
	}
	kept := map[int]series.Edit{} // by index in the change
	var more []series.Edit
	for _, d := range deltas {
		switch {
		case d.Old.ID == "" || d.New.ID == "":
			return nil, fmt.Sprintf("edits neither make nor remove %s", d.Path), nil
		case d.Old.Mode != d.New.Mode || !d.Old.Mode.IsRegular():
			return nil, fmt.Sprintf("edits do not change the mode of %s", d.Path), nil
		}
		old, err := before.Blob(ctx, d.Old.ID)
		if err != nil {
			return nil, "", err
		}
		fresh, err := after.Blob(ctx, d.New.ID)
		if err != nil {
			return nil, "", err
		}
		ofFile, state := adjustEdits(c.Edits, d.Path, old, fresh)
		maps.Copy(kept, ofFile)
		if bytes.Equal(state, fresh) {
			continue
		}
		added := LiteralEdits(d.Path, state, fresh, math.MaxInt)
		if diff.IsBinary(fresh) || added == nil {
			return nil, fmt.Sprintf("every text around the lines changed in %s is in it more than once", d.Path), nil
		}
		more = append(more, added...)
	}
	out := &Rewritten{Kind: series.KindEdit}
	for _, i := range slices.Sorted(maps.Keys(kept)) {
		out.Edits = append(out.Edits, kept[i])
	}
	out.Edits = append(out.Edits, more...)
	if len(out.Edits) == 0 {
		return nil, "nothing of it is left", nil
	}
	like := *c
	like.Edits = out.Edits
	if same, err := r.Leads(ctx, &like, before, after); !same {
		return nil, "its edits do not give what was committed", err
	}
	return out, "", nil
}

// adjustEdits returns those of a file's edits that lead towards fresh, by their index, as they are or with another
// replacement, and the text that they lead to.
func adjustEdits(edits []series.Edit, file string, old, fresh []byte) (kept map[int]series.Edit, state []byte) {
	kept, state = map[int]series.Edit{}, old
	all := true
	for i, e := range edits {
		if e.File != file || !all {
			continue
		}
		kept[i] = e
		spans := e.Spans(state)
		if all = len(spans) == e.Count; all {
			state = e.ReplaceAt(state, spans)
		}
	}
	if all && towards(old, state, fresh) {
		return kept, state
	}
	kept, state = map[int]series.Edit{}, old
	for i, e := range edits {
		spans := e.Spans(state)
		if e.File != file || len(spans) != e.Count {
			continue
		}
		next := e.ReplaceAt(state, spans)
		if !towards(state, next, fresh) {
			other, ok := instead(e, state, spans, fresh)
			if !ok {
				continue
			}
			e, next = other, other.ReplaceAt(state, spans)
		}
		kept[i], state = e, next
	}
	return kept, state
}

// towards reports whether on the way from one text to another lies a third: what leads to it need not be undone.
func towards(from, over, to []byte) bool {
	return !bytes.Equal(from, over) && apart(from, over)+apart(over, to) == apart(from, to)
}

// apart counts the lines that are removed and added between two texts.
func apart(a, b []byte) (n int) {
	for _, one := range blocks(a, b) {
		n += len(one.old) + len(one.fresh)
	}
	return n
}

// instead returns an edit with the replacement that makes of the lines around its matches those that fresh has there.
func instead(e series.Edit, state []byte, spans [][]int, fresh []byte) (series.Edit, bool) {
	if e.Expands() {
		return e, false
	}
	var found []byte
	for n, s := range spans {
		from, to, there := counterpart(state, fresh, s[0], s[1])
		head, tail := state[from:s[0]], state[s[1]:to]
		if len(there) < len(head)+len(tail) || !bytes.HasPrefix(there, head) || !bytes.HasSuffix(there, tail) {
			return e, false
		}
		middle := there[len(head) : len(there)-len(tail)]
		if n > 0 && !bytes.Equal(middle, found) {
			return e, false
		}
		found = middle
	}
	if e.Replace = string(found); e.Match != "" {
		e.Replace = strings.ReplaceAll(e.Replace, "$", "$$")
	}
	return e, e.Check() == nil
}

// counterpart widens a span of a text to whole lines, and to whole runs of lines in which another text differs, and
// gives what that has in their place.
func counterpart(a, b []byte, from, to int) (start, end int, there []byte) {
	first := bytes.Count(a[:from], []byte("\n"))
	last := bytes.Count(a[:to], []byte("\n"))
	if to == from || a[to-1] != '\n' {
		last++
	}
	old, fresh := bytes.SplitAfter(a, []byte("\n")), bytes.SplitAfter(b, []byte("\n"))
	shift, stretch := 0, 0 // how much farther the run begins, and how much longer it is, in b
	for _, h := range diff.Diff(a, b) {
		at := h.OldStart - 1 // lines of a before the one that comes next
		if h.OldLines == 0 {
			at = h.OldStart
		}
		for i := 0; i < len(h.Lines); {
			if h.Lines[i].Op == ' ' {
				at, i = at+1, i+1
				continue
			}
			begin, added := at, 0
			for ; i < len(h.Lines) && h.Lines[i].Op != ' '; i++ {
				if h.Lines[i].Op == '-' {
					at++
				} else {
					added++
				}
			}
			switch grown := added - (at - begin); {
			case at < first:
				shift += grown
			case begin <= last:
				first, last = min(first, begin), max(last, at)
				stretch += grown
			}
		}
	}
	last = min(last, len(old))
	lines := fresh[min(first+shift, len(fresh)):min(max(first, last+stretch)+shift, len(fresh))]
	return len(slices.Concat(old[:first]...)), len(slices.Concat(old[:last]...)), slices.Concat(lines...)
}
