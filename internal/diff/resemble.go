package diff

import "bytes"

// maxVotes limits the pairs of equal lines that are counted to find where a hunk that does not fit belongs.
const maxVotes = 2_000_000

// A line of a hunk that is elsewhere in a text is a vote for the place to which it would bring the hunk's first line.
// The weight is larger the rarer the line is in the text.
const (
	voteOfOne  = 8
	voteOfFew  = 3
	voteOfMany = 1
	few        = 4
)

// resembles returns the line, from one on, at which most of a hunk's old lines match, ignoring indentation and blank
// lines; lines that are rare in the text weigh more. If no line matches, words are compared. Of several places it is
// the one nearest to start; if nothing matches, it is start. If the budget is spent, it returns start, and nominal is
// true.
func (t text) resembles(h *Hunk, from, start int, s *Search) (at int, nominal bool) {
	start = min(start, t.Len())
	rest := t.Len() - from
	size := len(t.Data) - t.Starts[from]
	if !s.spend(workOfHunk + (rest+len(h.Lines))*workOfLine + size/sweep) {
		return start, true
	}
	if at, ok := t.elect(h, ballot{from, start, wholeLine, s}); ok {
		return at, false
	}
	if !s.spend(size / bytesOfWords) {
		return start, true
	}
	at, _ = t.elect(h, ballot{from, start, words, s})
	return at, false
}

// wholeLine returns a line without its indentation and end; nothing for a blank line.
func wholeLine(line []byte) [][]byte {
	if line = bytes.TrimSpace(line); len(line) > 0 {
		return [][]byte{line}
	}
	return nil
}

// shortestWord is the shortest word that is compared, in letters.
const shortestWord = 4

// words returns the words of a line, as in names of programs.
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

// ballot is the input of elect.
type ballot struct {
	from, start int
	parts       func([]byte) [][]byte
	search      *Search
}

// elect returns the line with the most votes as the place of a hunk.
func (t text) elect(h *Hunk, b ballot) (at int, ok bool) {
	wanted := map[string][]int32{} // by part of a line: the lines of the text that have it
	all := t.Len()-b.from < len(h.Lines)
	for _, l := range h.Lines {
		if l.Op != '+' && !all { // the hunk's parts, unless the text has fewer
			for _, p := range b.parts(l.Text) {
				wanted[string(p)] = nil
			}
		}
	}
	for i := b.from; i < t.Len(); i++ {
		for _, p := range b.parts(t.Line(i)) {
			if lines, is := wanted[string(p)]; is || all {
				wanted[string(p)] = append(lines, int32(i))
			}
		}
	}
	votes := b.search.votesFor(t.Len() - b.from)
	counted, k := 0, 0
	for _, l := range h.Lines {
		if l.Op == '+' {
			continue
		}
		for _, p := range b.parts(l.Text) {
			lines := wanted[string(p)]
			weight := int32(voteOfMany)
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
				if place := int(i) - k - b.from; place >= 0 {
					votes[place] += weight
				}
			}
		}
		k++
	}
	b.search.spend(min(counted, maxVotes) / votesOfWork)
	best, most := b.start, int32(0)
	for place, n := range votes {
		if n == 0 || n < most {
			continue
		}
		place += b.from
		nearer := distance(place, b.start) < distance(best, b.start) ||
			distance(place, b.start) == distance(best, b.start) && place > best
		if n > most || nearer {
			best, most = place, n
		}
	}
	return best, most > 0
}
