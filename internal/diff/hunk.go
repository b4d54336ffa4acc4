package diff

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

func (p *parser) hunk(f *File) error {
	h := Hunk{line: p.number}
	if err := p.hunkHead(&h); err != nil {
		return err
	}
	old, fresh := h.OldLines, h.NewLines // lines still to come
	h.Lines = make([]Line, 0, max(min(old+fresh, 64), min(old, p.lines), min(fresh, p.lines)))
	oldEnded, freshEnded := false, false // the last line lacked its line feed
	for p.advance(); old > 0 || fresh > 0; {
		if p.done {
			return p.wrong("the hunk ends early: %d old and %d new lines are missing", old, fresh)
		}
		op, text := byte(' '), p.data[p.end-1:p.end]
		if len(p.line) > 0 { // an empty line is a blank context line that lost its space
			op, text = p.line[0], p.data[p.end-len(p.line):p.end]
			if p.data[p.end-1] != '\n' {
				return p.wrong("the diff ends within a line")
			}
		}
		switch op {
		case ' ':
			old, fresh = old-1, fresh-1
		case '-':
			old--
		case '+':
			fresh--
		case '\\':
			return p.wrong("expected a line before 'No newline at end of file'")
		default:
			return p.wrong("the hunk ends early: %d old and %d new lines are missing", old, fresh)
		}
		switch {
		case old < 0 || fresh < 0:
			return p.wrong("the hunk has more lines than its head says")
		case op != '+' && oldEnded, op != '-' && freshEnded:
			return p.wrong("a line after the one without a line feed, which is the last")
		case bytes.IndexByte(text, 0) >= 0:
			return p.wrong("a NUL byte in text: use a binary patch")
		}
		if p.advance(); p.starts(`\ `) {
			text = text[:len(text)-1]
			oldEnded, freshEnded = oldEnded || op != '+', freshEnded || op != '-'
			if len(text) == 0 {
				return p.wrong("an empty line cannot lack its line feed")
			}
			p.advance()
		}
		h.Lines = append(h.Lines, Line{op, text[:len(text):len(text)]})
	}
	switch head, end := h.Context(); {
	case head == len(h.Lines):
		return &ParseError{h.line, "the hunk changes nothing"}
	case head == 0 && end == 0 && (h.OldStart > 1 || h.OldLines == 0 && h.OldStart > 0):
		return &ParseError{h.line, "the hunk has no context: make the diff with -U3"}
	}
	if len(f.Hunks) == cap(f.Hunks) { // double it: append's growth would leave four times as much garbage
		f.Hunks = slices.Grow(f.Hunks, max(4, len(f.Hunks)))
	}
	f.Hunks = append(f.Hunks, h)
	return nil
}

// hunkHead reads "@@ -1,2 +3,4 @@ section".
func (p *parser) hunkHead(h *Hunk) error {
	line := string(p.line)
	body, ok := strings.CutPrefix(line, "@@ -")
	ranges, section, ok2 := strings.Cut(body, " @@")
	old, fresh, ok3 := strings.Cut(ranges, " +")
	if strings.HasPrefix(line, "@@@") {
		return p.wrong("is the combined diff of a merge: take the diff against one parent")
	}
	if !ok || !ok2 || !ok3 || section != "" && section[0] != ' ' {
		return p.wrong("malformed hunk head %.80q", line)
	}
	var ok4, ok5 bool
	h.OldStart, h.OldLines, ok4 = counts(old)
	h.NewStart, h.NewLines, ok5 = counts(fresh)
	if !ok4 || !ok5 {
		return p.wrong("malformed line numbers in %.80q", line)
	}
	if h.OldStart == 0 && h.OldLines > 0 || h.NewStart == 0 && h.NewLines > 0 {
		return p.wrong("lines are counted from 1")
	}
	h.Section = strings.TrimPrefix(section, " ")
	return nil
}

// counts reads "START,LINES", or "START" for one line.
func counts(s string) (start, lines int, ok bool) {
	a, b, has := strings.Cut(s, ",")
	if !has {
		b = "1"
	}
	start, ok = count(a)
	lines, ok2 := count(b)
	return start, lines, ok && ok2
}

// count reads up to eight digits: no file has a hundred million lines.
func count(s string) (n int, ok bool) {
	if s == "" || len(s) > 8 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// from returns the zero-based old line at which the hunk begins, or before which it inserts.
func (h *Hunk) from() int {
	if h.OldLines == 0 {
		return h.OldStart
	}
	return h.OldStart - 1
}
