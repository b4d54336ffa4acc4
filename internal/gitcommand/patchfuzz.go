package gitcommand

import (
	"bytes"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/lines"
)

const (
	maxFuzz     = 2          // that patch(1) allows: how many lines of context it leaves out at either end of a hunk
	maxCompared = 50_000_000 // lines that are compared to place the hunks of a file
)

// fuzzOf returns what patch(1) does with a diff of a file: with which fuzz it takes all hunks, or the first hunk,
// one-based, that it rejects. It searches as locate_hunk of GNU patch 2.7 does.
func fuzzOf(f *diff.File, old []byte) (fuzz, rejected int) {
	p := fuzzy{old: lines.New(old), left: maxCompared}
	for i := range f.Hunks {
		h := &f.Hunks[i]
		head, end := h.Context()
		most := min(maxFuzz, max(head, end))
		n := 0
		for n <= most && !p.locate(h, head, end, n) {
			n++
		}
		if n > most {
			return 0, i + 1
		}
		fuzz = max(fuzz, n)
	}
	return fuzz, 0
}

// fuzzy is the state of patch(1) between the hunks of a file.
type fuzzy struct {
	old    lines.Text
	offset int // of the last hunk, which the next one begins its search with
	frozen int // the last line that was written: no hunk begins above
	left   int // lines that may still be compared
}

// locate finds the place of a hunk with some fuzz, and reports whether there is one.
func (p *fuzzy) locate(h *diff.Hunk, head, end, fuzz int) bool {
	var want [][]byte
	for _, l := range h.Lines {
		if l.Op != '+' {
			want = append(want, l.Text)
		}
	}
	first := h.OldStart
	if len(want) == 0 {
		first++
	}
	guess := first + p.offset
	context := max(head, end)
	above, below := fuzz+head-context, fuzz+end-context
	lowest, highest := max(p.frozen+1, 1), p.old.Len()-(len(want)-max(below, 0))+1
	take := func(at int) bool {
		p.offset += at - guess
		p.frozen = at - 1 + lastChange(h)
		return true
	}
	switch {
	case len(want) == 0:
		return take(guess)
	case above < 0 && first <= 1: // only at the file's start
		if below < 0 && (len(want) != p.old.Len() || head < p.frozen) {
			return false
		}
		return p.frozen <= head && p.matches(want, 1, 0, max(below, 0)) && take(1)
	case below < 0: // only at its end
		at := p.old.Len() - len(want) + 1
		return at >= lowest && p.matches(want, at, max(above, 0), 0) && take(at)
	}
	for away := range max(highest-guess, guess-lowest) + 1 {
		for _, at := range []int{guess + away, guess - away} {
			if at >= lowest && at <= highest && p.matches(want, at, max(above, 0), below) {
				return take(at)
			}
		}
	}
	return false
}

// matches reports whether lines are at a place of the old file, but for some at their begin and end.
func (p *fuzzy) matches(want [][]byte, at, above, below int) bool {
	for i := above; i < len(want)-below; i++ {
		if p.left--; p.left < 0 || at+i < 1 || at+i > p.old.Len() || !bytes.Equal(p.old.Line(at+i-1), want[i]) {
			return false
		}
	}
	return true
}

// lastChange is how many old lines a hunk has up to the last that it removes, or before the last that it adds.
func lastChange(h *diff.Hunk) (last int) {
	n := 0
	for _, l := range h.Lines {
		if l.Op != '+' {
			n++
		}
		if l.Op != ' ' {
			last = n
		}
	}
	return last
}
