package series

import (
	"bytes"
	"slices"

	"github.com/howdah/howdah/internal/toml"
)

// SetEdits replaces the edits of a change. In a list with one edit per line, unchanged edits keep their bytes and the
// comments beside and above them; a removed edit takes the comment right above it with it.
func (d *Document) SetEdits(c *Change, edits []Edit) error {
	t, err := d.entry(c.Name, c.Line)
	if err != nil {
		return err
	}
	l, ok := d.editList(t.Get(string(KindEdit)))
	if !ok || len(l.at) != len(c.Edits) || len(edits) == 0 {
		other := *c
		other.Edits = edits
		return d.setKind(c, &other, editsText(edits))
	}
	return d.set(l.with(c.Edits, edits))
}

// editList is a list of edits with one edit per line.
type editList struct {
	data  []byte
	begin int      // of the line after the opening bracket
	at    [][2]int // by edit: its span, braces included
}

// editList finds the edits of "edit = [ … ]"; false if two of them share a line, or if they are [[change.edit]]
// tables.
func (d *Document) editList(k *toml.Key) (editList, bool) {
	if k == nil || k.Span == [2]int{} {
		return editList{}, false
	}
	l := editList{data: d.data}
	end := k.Span[0] + bytes.IndexByte(d.data[k.Span[0]:], '[')
	for _, e := range k.Value.List {
		if len(e.Keys) == 0 {
			return editList{}, false
		}
		start := bytes.LastIndexByte(d.data[:e.Keys[0].Span[0]], '{')
		if !bytes.Contains(d.data[end:start], []byte("\n")) {
			return editList{}, false
		}
		if l.begin == 0 {
			l.begin = l.line(end)
		}
		last := e.Keys[len(e.Keys)-1].Span[1]
		end = last + bytes.IndexByte(d.data[last:], '}') + 1
		l.at = append(l.at, [2]int{start, end})
	}
	return l, bytes.Contains(d.data[end:k.Span[1]], []byte("\n"))
}

// line returns the start of the line after the one with this offset.
func (l editList) line(at int) int { return at + bytes.IndexByte(l.data[at:], '\n') + 1 }

// with returns the file with new edits. Edits in both lists stay; between two of these, new edits replace old ones
// one by one, the rest is removed or added.
func (l editList) with(old, now []Edit) []byte {
	data := slices.Clone(l.data)
	replace := func(from, to int, text string) { data = slices.Replace(data, from, to, []byte(text)...) }
	same := common(old, now)
	same = append(same, [2]int{len(old), len(now)})
	for s := len(same) - 1; s >= 0; s-- { // from the end, so that the offsets before stay valid
		i, j := 0, 0
		if s > 0 {
			i, j = same[s-1][0]+1, same[s-1][1]+1
		}
		both := min(same[s][0]-i, same[s][1]-j)
		for x := same[s][0] - 1; x >= i+both; x-- {
			replace(l.above(x), l.line(l.at[x][1]), "")
		}
		for x := same[s][1] - 1; x >= j+both; x-- {
			text := "  " + now[x].Text() + ",\n"
			if i+both == 0 {
				replace(l.begin, l.begin, text)
			} else {
				after := l.line(l.at[i+both-1][1])
				replace(after, after, text)
			}
		}
		if last := i + both - 1; same[s][1] > j+both && last >= 0 && !l.comma(last) {
			replace(l.at[last][1], l.at[last][1], ",")
		}
		for x := both - 1; x >= 0; x-- {
			replace(l.at[i+x][0], l.at[i+x][1], now[j+x].Text())
		}
	}
	return data
}

// comma reports whether a comma follows an edit.
func (l editList) comma(i int) bool {
	return bytes.HasPrefix(bytes.TrimLeft(l.data[l.at[i][1]:], " \t\r\n"), []byte(","))
}

// above returns the start of an edit's line, or of the comment right above it.
func (l editList) above(i int) int {
	start := bytes.LastIndexByte(l.data[:l.at[i][0]], '\n') + 1
	for {
		before := bytes.LastIndexByte(l.data[:start-1], '\n') + 1
		if before < l.begin || !bytes.HasPrefix(bytes.TrimSpace(l.data[before:start]), []byte("#")) {
			return start
		}
		start = before
	}
}

// common returns a longest common subsequence of two lists of edits, as pairs of their indexes.
func common(a, b []Edit) [][2]int {
	long := make([][]int, len(a)+1) // by i and j: its length in a[i:] and b[j:]
	for i := range long {
		long[i] = make([]int, len(b)+1)
	}
	equal := func(i, j int) bool { return a[i].Text() == b[j].Text() }
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if long[i][j] = max(long[i+1][j], long[i][j+1]); equal(i, j) {
				long[i][j] = long[i+1][j+1] + 1
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case equal(i, j):
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case long[i+1][j] >= long[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}
