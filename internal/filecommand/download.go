package filecommand

import (
	"path"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/importer"
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
	next := addressOf(c)
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
			next.Path, next.File = p.Name, path.Base(p.Name)
		}
		m.Offer(c.Spot, next, "overlay?: it downloads %s, and imports have no network", name)
		return shell.Succeeded
	}
	if m.Out != nil {
		m.Offer(c.Spot, next, "not expressible: it downloads what the next command reads, and imports have no network")
		return shell.Succeeded
	}
	m.Offer(c.Spot, next, "overlay?: it downloads a file")
	return shell.Succeeded
}

// commits are the addresses of pull requests, commits and comparisons at GitHub, which an import takes.
var commits = regexp.MustCompile(
	`^https://(?:(?:www\.)?github\.com/[^/]+/[^/]+/(?:pull|commit|compare)/|patch-diff\.githubusercontent\.com/raw/)`)

// addressOf is the import of what a command downloads, where that is a patch of GitHub's.
func addressOf(c *shell.Call) (next importer.Next) {
	for _, a := range c.Args {
		if a.Known() && commits.MatchString(a.Text) {
			next.Import = a.Text
		}
	}
	return next
}
