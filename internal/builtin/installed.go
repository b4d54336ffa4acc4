package builtin

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/shell"
)

// expr is a number of two numbers.
func expr(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	if len(c.Args) == 3 && c.First() == nil {
		x, err := strconv.Atoi(c.Args[0].Text)
		y, other := strconv.Atoi(c.Args[2].Text)
		op := c.Args[1].Text
		if err == nil && other == nil && strings.Contains("+-*/%", op) && len(op) == 1 && (y != 0 || op < "/" && op != "%") {
			n := map[string]func() int{"+": func() int { return x + y }, "-": func() int { return x - y },
				"*": func() int { return x * y }, "/": func() int { return x / y }, "%": func() int { return x % y }}[op]()
			m.Print(fmt.Appendln(nil, n))
			return shell.Whether(n != 0)
		}
	}
	m.PrintsUnknown("expr")
	return shell.Status{Why: "what expr finds"}
}

func which(m *shell.Machine, c *shell.Call) shell.Status { return installed(m, c, c.Args) }

// installed is command -v, which and type: of a Linux on which Mastodon is built.
func installed(m *shell.Machine, c *shell.Call, args []shell.Word) shell.Status {
	m.Harmless(c.Spot)
	for _, a := range args {
		switch {
		case strings.HasPrefix(a.Text, "-"):
			continue
		case a.Known() && everywhereInstalled[a.Text]:
			m.Print([]byte("/usr/bin/" + a.Text + "\n"))
			return shell.Succeeded
		case a.Text == "gsed" || a.Text == "gnused" || a.Text == "ggrep" || a.Text == "brew":
			return shell.Failed
		}
	}
	m.PrintsUnknown(c.Name)
	return shell.Status{Why: "what is installed"}
}

// everywhereInstalled are programs of each Linux.
var everywhereInstalled = shell.Set("sed grep awk find xargs cp mv rm mkdir cat bash sh")
