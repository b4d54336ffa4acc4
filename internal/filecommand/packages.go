package filecommand

import (
	"strings"

	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// packages is yarn, npm and bundle: what installs or builds changes no source; what adds a package changes the lists.
func packages(m *shell.Machine, c *shell.Call) shell.Status {
	adds := shell.Set("add remove upgrade up update lock set unset dedupe import uninstall rm inject dlx")
	for _, a := range c.Args {
		if !strings.HasPrefix(a.Text, "-") {
			if !adds[a.Text] || c.Name == "gem" {
				break
			}
			for _, list := range []string{"package.json", "yarn.lock", "Gemfile", "Gemfile.lock"} {
				if (c.Name == "bundle") == strings.HasPrefix(list, "Gemfile") {
					m.Doubt(c.Spot, scriptfiles.At(scriptfiles.InTree, list), c.Name+" "+a.Text+" changes it")
				}
			}
			m.PrintsUnknown(c.Name)
			return m.Undecided(c.Spot, "not expressible: %s %s changes the lists of packages with what the network has", c.Name,
				a.Text)
		}
	}
	m.PrintsUnknown(c.Name)
	return m.Nothing(c)
}
