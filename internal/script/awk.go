package script

import (
	"regexp"
	"strings"
)

// awkWrites is what in a program of awk may write a file or run a program.
var awkWrites = regexp.MustCompile(`\bprintf?\b[^;}\n]*>|(?:^|[^|])\|(?:[^|]|$)|\bsystem\s*\(|@load|@include`)

// awk is awk, which only prints, unless its program is in a file, or may write.
func (m *machine) awk(c *call) status {
	program, found := "", false
	for i := 0; i < len(c.args) && !found; i++ {
		a := c.args[i].s
		switch {
		case a == "-F", a == "-v":
			i++
		case a == "--":
		case strings.HasPrefix(a, "-F"), strings.HasPrefix(a, "-v"), a == "-e" && i+1 < len(c.args), a == "--posix":
		case strings.HasPrefix(a, "-"):
			return m.foreign(c)
		default:
			program, found = a, true
		}
	}
	if !found || isMarked(program) || awkWrites.MatchString(program) {
		return m.foreign(c)
	}
	m.printsUnknown(c.name)
	m.harmless(c.spot)
	return status{why: "what " + c.name + " finds"}
}
