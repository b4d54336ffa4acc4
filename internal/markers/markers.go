// Package markers finds git's merge conflict markers in a file. A text goes in; the line of the first marker, or the
// text of either side of the conflicts, comes out.
package markers

import "bytes"

const (
	usual  = 7 // of how many characters git makes a marker, unless the attribute conflict-marker-size says another number
	fewest = 2 // one character may begin a line of any text
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// marker is a line "<<<<<<< HEAD", "||||||| base", "=======" or ">>>>>>> theirs".
type marker struct {
	sign byte // 0 in a line that is no marker
	size int
}

func parse(line []byte) marker {
	line = bytes.TrimRight(bytes.TrimPrefix(line, byteOrderMark), "\r\n")
	if len(line) == 0 || bytes.IndexByte([]byte("<|=>"), line[0]) < 0 {
		return marker{}
	}
	size := len(line) - len(bytes.TrimLeft(line, string(line[:1])))
	if size < fewest || len(line) > size && line[size] != ' ' {
		return marker{}
	}
	return marker{line[0], size}
}

// First returns the line of the first marker, or 0. A marker of the usual size or longer counts alone, because a
// conflict may be half resolved; a shorter one counts where the text has both its beginning and its end.
func First(data []byte) int {
	least := leastSize(data)
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if m := parse(line); m.sign != 0 && m.size >= least {
			return n
		}
	}
	return 0
}

// leastSize returns the size from which lines that look like markers are some.
func leastSize(data []byte) int {
	seen := map[marker]bool{}
	least := usual
	for line := range bytes.Lines(data) {
		m := parse(line)
		seen[m] = true
		if m.sign != 0 && m.size < least && seen[marker{'<', m.size}] && seen[marker{'=', m.size}] &&
			seen[marker{'>', m.size}] {
			least = m.size
		}
	}
	return least
}

// Sides returns the text with the first and with the second side of each conflict, without the base between them. Where
// two merge bases conflict, git writes their conflict with longer markers into the base, which is left out whole.
func Sides(data []byte) (ours, theirs []byte) {
	least := leastSize(data)
	in := marker{}
	for line := range bytes.Lines(bytes.TrimPrefix(data, byteOrderMark)) {
		m := parse(line)
		if m.size < least {
			m = marker{}
		}
		switch {
		case m.sign != 0 && in.sign == '|' && m.size != in.size:
			continue // of the conflict within a base
		case m.sign == '>':
			in = marker{}
			continue
		case m.sign != 0:
			in = m
			continue
		}
		if in.sign == 0 || in.sign == '<' {
			ours = append(ours, line...)
		}
		if in.sign == 0 || in.sign == '=' {
			theirs = append(theirs, line...)
		}
	}
	return ours, theirs
}
