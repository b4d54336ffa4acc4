package filecommand

import (
	"strings"

	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// outputOf is the file that curl or wget writes to; "" is none.
func outputOf(c *shell.Call) string {
	for i, a := range c.Args[:max(0, len(c.Args)-1)] {
		short := len(a.Text) > 1 && a.Text[0] == '-' && a.Text[1] != '-'
		switch {
		case a.Text == "--output", a.Text == "--output-document", c.Name == "curl" && short && strings.HasSuffix(a.Text, "o"),
			c.Name == "wget" && short && strings.HasSuffix(a.Text, "O"):
			return c.Args[i+1].Text
		}
	}
	return ""
}

// download is curl and wget: what comes over the network is not known.
func download(m *shell.Machine, c *shell.Call) shell.Status {
	m.PrintsUnknown(c.Name)
	if s, ok := archived(m, c, outputOf(c)); ok {
		return s
	}
	for i, a := range c.Args {
		name := ""
		switch {
		case c.Name == "curl" && (a.Text == "-o" || a.Text == "--output"), c.Name == "wget" &&
			(a.Text == "-O" || a.Text == "--output-document"):
			if i+1 < len(c.Args) {
				name = c.Args[i+1].Text
			}
		case c.Name == "curl" && len(a.Text) > 2 && a.Text[0] == '-' && a.Text[1] != '-' && a.Text[len(a.Text)-1] == 'o' &&
			i+1 < len(c.Args):
			name = c.Args[i+1].Text
		case (c.Name == "curl" && strings.Contains(a.Text, "O") && strings.HasPrefix(a.Text, "-") || c.Name == "wget") &&
			!strings.Contains(a.Text, "/"):
			name = ""
		}
		if name == "" || name == "-" {
			continue
		}
		if p, known := m.Place(name, true); known {
			m.Doubt(c.Spot, p, "it comes from the network")
			if p.Disk == scriptfiles.Outside || p.Disk == scriptfiles.Beside {
				continue
			}
		}
		return m.Undecided(c.Spot, "overlay?: it downloads %s; put the file beside the script, or add it as an overlay",
			name)
	}
	if m.Out != nil {
		return m.Undecided(c.Spot, "not expressible: it downloads what the next command reads, and imports have no network")
	}
	return m.Undecided(c.Spot, "overlay?: it downloads a file")
}
