package script

import "strings"

// packages is yarn, npm and bundle: what installs or builds changes no source; what adds a package changes the lists.
func (m *machine) packages(c *call) status {
	adds := set("add remove upgrade up update lock set unset dedupe import uninstall rm inject dlx")
	for _, a := range c.args {
		if !strings.HasPrefix(a.s, "-") {
			if !adds[a.s] || c.name == "gem" {
				break
			}
			for _, list := range []string{"package.json", "yarn.lock", "Gemfile", "Gemfile.lock"} {
				if (c.name == "bundle") == strings.HasPrefix(list, "Gemfile") {
					m.doubt(c.spot, place{inTree, list}, c.name+" "+a.s+" changes it")
				}
			}
			m.printsUnknown(c.name)
			return m.undecided(c.spot, "not expressible: %s %s changes the lists of packages with what the network has", c.name,
				a.s)
		}
	}
	m.printsUnknown(c.name)
	return m.nothing(c)
}
