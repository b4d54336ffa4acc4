package fork

import (
	"bytes"

	"github.com/howdah/howdah/internal/diff"
)

// lines splits a text into lines; each keeps its line feed.
func lines(data []byte) [][]byte {
	out := bytes.SplitAfter(data, []byte("\n"))
	if len(out[len(out)-1]) == 0 {
		out = out[:len(out)-1]
	}
	return out
}

// diffBlock is one difference of two texts: lines [a0, a1) of the old text became lines [b0, b1) of the new one,
// counted from 0.
type diffBlock struct{ a0, a1, b0, b1 int }

// blocks returns all differences of two texts, in the order of their lines.
func blocks(old, fresh []byte) []diffBlock {
	if len(old) == 0 || len(fresh) == 0 {
		if a, b := len(lines(old)), len(lines(fresh)); a+b > 0 {
			return []diffBlock{{0, a, 0, b}}
		}
		return nil
	}
	var out []diffBlock
	for _, h := range diff.Diff(old, fresh) {
		a, b := h.OldStart-1, h.NewStart-1
		if h.OldLines == 0 {
			a++
		}
		if h.NewLines == 0 {
			b++
		}
		for i := 0; i < len(h.Lines); {
			if h.Lines[i].Op == ' ' {
				a, b, i = a+1, b+1, i+1
				continue
			}
			one := diffBlock{a0: a, b0: b}
			for ; i < len(h.Lines) && h.Lines[i].Op != ' '; i++ {
				if h.Lines[i].Op == '-' {
					a++
				} else {
					b++
				}
			}
			one.a1, one.b1 = a, b
			out = append(out, one)
		}
	}
	return out
}

// match returns, for each of the n lines of the new text, the index of the equal line in the old text, or -1.
func match(differences []diffBlock, n int) []int {
	out := make([]int, n)
	at, from := 0, 0
	same := func(until int) {
		for ; at < until; at, from = at+1, from+1 {
			out[at] = from
		}
	}
	for _, b := range differences {
		same(b.b0)
		for ; at < b.b1; at++ {
			out[at] = -1
		}
		from = b.a1
	}
	same(n)
	return out
}
