package textcommand

import (
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/shell"
)

// awkWrites matches what an awk program may write a file or run a program with.
var awkWrites = regexp.MustCompile(`\bprintf?\b[^;}\n]*>|(?:^|[^|])\|(?:[^|]|$)|\bsystem\s*\(|@load|@include`)

// awk handles awk, which only prints; it is undecided if its program is in a file, or may write.
func awk(m *shell.Machine, c *shell.Call) shell.Status {
	program, found := "", false
	for i := 0; i < len(c.Args) && !found; i++ {
		a := c.Args[i].Text
		switch {
		case a == "-F", a == "-v":
			i++
		case a == "--":
		case strings.HasPrefix(a, "-F"), strings.HasPrefix(a, "-v"), a == "-e" && i+1 < len(c.Args), a == "--posix":
		case strings.HasPrefix(a, "-"):
			return m.Foreign(c)
		default:
			program, found = a, true
		}
	}
	if !found || placeholder.In(program) || awkWrites.MatchString(program) {
		return m.Foreign(c)
	}
	m.PrintsUnknown(c.Name)
	m.Harmless(c.Spot)
	return shell.Status{Why: "what " + c.Name + " finds"}
}
