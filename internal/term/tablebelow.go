package term

import "strings"

// mostLines is how many lines of a narrow last column a cell may take. A longer one goes below its row.
const mostLines = 3

// long returns the rows whose last cell is prose that would take too many lines in a column of its width.
func (t table) long(widths []int) map[int]bool {
	out := map[int]bool{}
	for i, row := range t.rows {
		last := len(row) - 1
		if last < 1 || last < len(widths)-1 || row[last].cut || columns(row[last].Text) <= widths[last] {
			continue
		}
		text := Clean(ClipWords(row[last].Text, MaxSpan))
		if strings.Contains(text, " ") && len(breakAt(text, widths[last])) > mostLines {
			out[i] = true
		}
	}
	return out
}

// without returns the rows, some without their last cell.
func (t table) without(last map[int]bool) []Line {
	out := make([]Line, len(t.rows))
	for i, row := range t.rows {
		if out[i] = row; last[i] {
			out[i] = row[:len(row)-1]
		}
	}
	return out
}
