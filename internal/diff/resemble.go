package diff

import "bytes"

// maxVotes is how many pairs of like lines are counted at most to find where a hunk that does not fit was meant for.
const maxVotes = 2_000_000

// A line of a hunk that a text has elsewhere speaks for the place to which it would bring the hunk's first line: by so
// much where the text has it once, where it has it a few times, and where it has it often.
const (
	voteOfOne  = 8
	voteOfFew  = 3
	voteOfMany = 1
	few        = 4
)

// resembles is the line, from one on, at which most of a hunk's old lines stand in their places, indentation and blank
// ones aside; those that are rare in the text count more. Where there is none, words count. Of equals it is the
// nearest to start; where nothing is like it, start.
func (t text) resembles(h *Hunk, from, start int) int {
	for _, parts := range []func([]byte) [][]byte{wholeLine, words} {
		if at, ok := t.elect(h, from, start, parts); ok {
			return at
		}
	}
	return start
}

// wholeLine is a line without its indentation and end; none where it is blank.
func wholeLine(line []byte) [][]byte {
	if line = bytes.TrimSpace(line); len(line) > 0 {
		return [][]byte{line}
	}
	return nil
}

// shortestWord is how long a word must be to say something.
const shortestWord = 4

// words are a line's words, as names are written in programs.
func words(line []byte) [][]byte {
	var out [][]byte
	for _, w := range bytes.FieldsFunc(line, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r < 0x80
	}) {
		if len(w) >= shortestWord {
			out = append(out, w)
		}
	}
	return out
}

// elect counts for each line how much speaks for it as the place of a hunk.
func (t text) elect(h *Hunk, from, start int, parts func([]byte) [][]byte) (at int, ok bool) {
	wanted := map[string][]int{} // the hunk's parts, and the lines of the text that have them
	for _, l := range h.Lines {
		if l.Op != '+' {
			for _, p := range parts(l.Text) {
				wanted[string(p)] = nil
			}
		}
	}
	for i := from; i < t.len(); i++ {
		for _, p := range parts(t.line(i)) {
			if lines, is := wanted[string(p)]; is {
				wanted[string(p)] = append(lines, i)
			}
		}
	}
	votes := map[int]int{}
	counted, k := 0, 0
	for _, l := range h.Lines {
		if l.Op == '+' {
			continue
		}
		for _, p := range parts(l.Text) {
			lines := wanted[string(p)]
			weight := voteOfMany
			switch n := len(lines); {
			case n == 1:
				weight = voteOfOne
			case n <= few:
				weight = voteOfFew
			}
			if counted += len(lines); counted > maxVotes {
				break
			}
			for _, i := range lines {
				if place := i - k; place >= from {
					votes[place] += weight
				}
			}
		}
		k++
	}
	best, most := start, 0
	for place, n := range votes {
		nearer := abs(place-start) < abs(best-start) || abs(place-start) == abs(best-start) && place > best
		if n > most || n == most && nearer {
			best, most = place, n
		}
	}
	return best, most > 0
}
