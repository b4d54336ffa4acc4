package bash

import (
	"bytes"
)

// tooDeep is the line on which more brackets and compound commands are open, or more commands joined, than are
// followed, 0 for none: whoever reads or walks them needs memory for each. It counts those in texts too, of which a
// script has few without their ends.
func tooDeep(data []byte) int {
	depth, linked, number := 0, 0, 0
	for line := range bytes.Lines(data) {
		number++
		linked += bytes.Count(line, []byte("|")) + bytes.Count(line, []byte("&&"))
		if linked > maxLinked {
			return number
		}
		if end := bytes.TrimSpace(line); len(end) == 0 || !bytes.ContainsRune([]byte(`|&\`), rune(end[len(end)-1])) {
			linked = 0
		}
		if bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
			continue
		}
		for i := 0; i < len(line); {
			if c := line[i]; !isLower(c) {
				switch c {
				case '(', '{':
					if depth++; depth > maxNested {
						return number
					}
				case ')', '}':
					depth = max(0, depth-1)
				}
				i++
				continue
			}
			begin := i
			for i < len(line) && isLower(line[i]) {
				i++
			}
			switch string(line[begin:i]) {
			case "if", "for", "while", "until", "case", "select":
				if depth++; depth > maxNested {
					return number
				}
			case "fi", "done", "esac":
				depth = max(0, depth-1)
			}
		}
	}
	return 0
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

// The bounds of what is read as shell.
const (
	maxLinked = 2_000  // commands that | && || join
	maxNested = 10_000 // brackets and compound commands within each other
)
