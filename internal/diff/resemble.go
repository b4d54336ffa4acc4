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

// weightOf is the weight of a vote for what so many lines of a text have.
func weightOf(lines int) int32 {
	switch {
	case lines == 1:
		return voteOfOne
	case lines <= few:
		return voteOfFew
	}
	return voteOfMany
}

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

// wholeLine gives use a line without its indentation and end; nothing for a blank line.
func wholeLine(line []byte, use func([]byte)) {
	if line = bytes.TrimSpace(line); len(line) > 0 {
		use(line)
	}
}

// shortestWord is the shortest word that is compared, in letters.
const shortestWord = 4

// words gives use the words of a line, as in names of programs.
func words(line []byte, use func([]byte)) {
	from := 0
	for i, c := range line {
		if c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c >= 0x80 {
			continue
		}
		if i-from >= shortestWord {
			use(line[from:i])
		}
		from = i + 1
	}
	if len(line)-from >= shortestWord {
		use(line[from:])
	}
}

// ballot is the input of elect.
type ballot struct {
	from, start int
	parts       func(line []byte, use func(part []byte))
	search      *Search
}

// elect returns the line with the most votes as the place of a hunk.
func (t text) elect(h *Hunk, b ballot) (at int, ok bool) {
	wanted := map[string][]int32{} // by part of a line: the lines of the text that have it
	all := t.Len()-b.from < len(h.Lines)
	for _, l := range h.Lines {
		if l.Op != '+' && !all { // the hunk's parts, unless the text has fewer
			b.parts(l.Text, func(p []byte) { wanted[string(p)] = nil })
		}
	}
	if line := b.from; all || len(wanted) > 0 {
		found := func(p []byte) {
			if lines, is := wanted[string(p)]; is || all {
				wanted[string(p)] = append(lines, int32(line))
			}
		}
		for ; line < t.Len(); line++ {
			b.parts(t.Line(line), found)
		}
	}
	votes := b.search.votesFor(t.Len() - b.from)
	counted, k := 0, 0
	for _, l := range h.Lines {
		if l.Op == '+' {
			continue
		}
		b.parts(l.Text, func(p []byte) {
			lines := wanted[string(p)]
			if counted += len(lines); counted > maxVotes {
				return
			}
			weight := weightOf(len(lines))
			for _, i := range lines {
				if place := int(i) - k - b.from; place >= 0 {
					votes[place] += weight
				}
			}
		})
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
