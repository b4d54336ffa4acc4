package lines

// Where a group of changed lines could stand in several places, git takes the one whose edges a reader would choose:
// those with little indent, behind blank lines. The weights were found there by training on many repositories
// (xdiff/xdiffi.c, "split score").
const (
	maxSliding = 100 // lines
	maxBlanks  = 20
	maxIndent  = 200 // columns

	indentWeight     = 60
	startPenalty     = 1 // of a cut at the start of the file
	endPenalty       = 21
	blankWeight      = -30 // a blank line around the cut
	blankBelowWeight = 6
	// Where the line below the cut is indented more than the one above, less, or less than the one after it too;
	// and the same with blank lines around.
	deeper, outdent, dedent                = -4, 24, 23
	deeperBlank, outdentBlank, dedentBlank = 10, 17, 17
)

// bestEnd is where a group of so many lines, that ends at g.end or as high as earliest, should end.
func (s *slider) bestEnd(g group, earliest, size int) int {
	best, found := score{}, -1
	for end := max(earliest, g.end-size-1, g.end-maxSliding); end <= g.end; end++ {
		var at score
		at.add(s, end)
		at.add(s, end-size)
		if found == -1 || !best.better(at) {
			best, found = at, end
		}
	}
	return found
}

// score judges cuts: the lower the better.
type score struct{ indent, penalty int }

func (s score) better(than score) bool {
	weight := 0
	switch {
	case s.indent > than.indent:
		weight = indentWeight
	case s.indent < than.indent:
		weight = -indentWeight
	}
	return weight+s.penalty-than.penalty < 0
}

// add judges a cut above a line.
func (s *score) add(text *slider, line int) {
	indent, blanks := -1, 0
	if line >= text.Text.Len() {
		s.penalty += endPenalty
	} else {
		indent = indentOf(text.Text.Line(line))
	}
	above, blanksAbove := text.around(line-1, -1)
	below, blanksBelow := text.around(line+1, 1)
	if above == -1 && blanksAbove == 0 {
		s.penalty += startPenalty
	}
	if indent == -1 {
		indent, blanks = below, 1+blanksBelow
	}
	s.penalty += blankBelowWeight * blanks
	blanks += blanksAbove
	s.penalty += blankWeight * blanks
	s.indent += indent
	if indent == -1 || above == -1 || indent == above {
		return
	}
	weights := [3]int{deeper, outdent, dedent}
	if blanks > 0 {
		weights = [3]int{deeperBlank, outdentBlank, dedentBlank}
	}
	switch {
	case indent > above:
		s.penalty += weights[0]
	case below > indent:
		s.penalty += weights[1]
	default:
		s.penalty += weights[2]
	}
}

// around is the indent of the nearest line that is not blank, from a line on, and how many blank ones lie before it.
func (s *slider) around(from, step int) (indent, blanks int) {
	for i := from; i >= 0 && i < s.Text.Len(); i += step {
		if n := indentOf(s.Text.Line(i)); n != -1 {
			return n, blanks
		}
		if blanks++; blanks == maxBlanks {
			return 0, blanks
		}
	}
	return -1, blanks
}

// indentOf counts columns; -1 is a blank line.
func indentOf(line []byte) int {
	n := 0
	for _, c := range line {
		switch c {
		case ' ':
			n++
		case '\t':
			n += 8 - n%8
		case '\n', '\r':
		default:
			return n
		}
		if n >= maxIndent {
			return maxIndent
		}
	}
	return -1
}
