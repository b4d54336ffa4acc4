package diff

import (
	"bytes"

	"github.com/howdah/howdah/internal/lines"
)

// Style is how conflicts are shown: git's merge.conflictStyle.
type Style int

const (
	ZDiff3 Style = iota // with base; lines that both sides begin or end with are outside the markers
	Diff3               // with base
	Plain               // "merge": without base, and as few lines as possible
)

// Names are the labels after the markers.
type Names struct{ Ours, Base, Theirs string }

// Marked returns Merge's text with markers around each conflict, byte for byte as git writes it.
func Marked(base, ours, theirs []byte, style Style, names Names) []byte {
	if merged, ok := trivial(base, ours, theirs); ok {
		return merged
	}
	m := newMerger(base, ours, theirs)
	list := m.regions()
	if style == Plain {
		list = m.refine(list)
	}
	var out []byte
	taken := 0
	for _, r := range list {
		if r.who == both && style == ZDiff3 {
			r = m.trim(r)
		}
		if r.who == oursOnly {
			continue
		}
		out = append(out, m.a.Text.Between(taken, r.a0)...)
		taken = r.a1
		if r.who == theirsOnly {
			out = append(out, m.b.Text.Between(r.b0, r.b1)...)
			continue
		}
		p := parts{out, newline}
		if m.crlf(r) {
			p.end = []byte("\r\n")
		}
		p.mark("<<<<<<<", names.Ours)
		p.lines(m.a.Text.Between(r.a0, r.a1))
		if style != Plain {
			p.mark("|||||||", names.Base)
			p.lines(m.o.Text.Between(r.o0, r.o1))
		}
		p.mark("=======", "")
		p.lines(m.b.Text.Between(r.b0, r.b1))
		p.mark(">>>>>>>", names.Theirs)
		out = p.out
	}
	return append(out, m.a.Text.Between(taken, m.a.Text.Len())...)
}

// parts collects the pieces of a marked text.
type parts struct{ out, end []byte }

func (p *parts) mark(mark, name string) {
	p.out = append(p.out, mark...)
	if name != "" {
		p.out = append(append(p.out, ' '), name...)
	}
	p.out = append(p.out, p.end...)
}

// lines writes lines; a last one without a line end gets one.
func (p *parts) lines(lines []byte) {
	if p.out = append(p.out, lines...); len(lines) > 0 && !bytes.HasSuffix(lines, newline) {
		p.out = append(p.out, p.end...)
	}
}

// crlf reports whether a region's markers end in CRLF: if the lines above it on both sides do, and base's first line.
func (m *merger) crlf(r region) bool {
	verdict := unknown
	for _, at := range []struct {
		t lines.Text
		i int
	}{{m.a.Text, max(0, r.a0-1)}, {m.b.Text, max(0, r.b0-1)}, {m.o.Text, 0}} {
		if verdict = endingOf(at.t, at.i); verdict == lf {
			return false
		}
	}
	return verdict == crlf
}

const (
	unknown = iota
	lf
	crlf
)

// endingOf returns how line i ends; for a last line without an end, how the one above does.
func endingOf(t lines.Text, i int) int {
	if i >= t.Len() {
		return unknown
	}
	line := t.Line(i)
	if !bytes.HasSuffix(line, newline) {
		if i == 0 {
			return unknown
		}
		line = t.Line(i - 1)
	}
	if bytes.HasSuffix(line, []byte("\r\n")) {
		return crlf
	}
	return lf
}
