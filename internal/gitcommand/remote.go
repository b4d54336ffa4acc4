package gitcommand

import (
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/filecommand"
	"github.com/howdah/howdah/internal/shell"
)

// fetched is git's name for what the last fetch of an address brought.
const fetched = "FETCH_HEAD"

// remote is git remote and fetch: they change no file, and name the repositories that later commands take from.
func remote(m *shell.Machine, c *shell.Call, verb string) shell.Status {
	m.PrintsUnknown(c.Name)
	_, rest := arguments.Split(c.Args, "tmjo")
	switch {
	case verb == "remote" && len(rest) == 3 && (rest[0].Text == "add" || rest[0].Text == "set-url"):
		m.World.Remotes[rest[1].Text] = rest[2].Text
	case verb == "fetch" && len(rest) > 0:
		address, branch := rest[0].Text, ""
		if named, found := m.World.Remotes[address]; found {
			address = named
		}
		if len(rest) > 1 {
			branch, _, _ = strings.Cut(strings.TrimPrefix(rest[1].Text, "+"), ":")
		}
		m.World.Remotes[fetched] = strings.TrimSuffix(address, ".git") + "@" + branch
	}
	return m.Nothing(c)
}

// takesFork leaves to a person, by name, a command that takes the branch of a fork. It reports whether it is one.
func takesFork(m *shell.Machine, c *shell.Call, verb string) bool {
	_, rest := arguments.Split(arguments.WithValues(c.Args, "branch", "orphan"), "bBXs")
	for i, w := range rest {
		address, branch := "", ""
		switch name, after, _ := strings.Cut(w.Text, "/"); {
		case w.Text == fetched:
			address = m.World.Remotes[fetched]
			if at := strings.LastIndexByte(address, '@'); at >= 0 { // that of ssh has another before it
				address, branch = address[:at], address[at+1:]
			}
		case verb == "pull" && i == 0:
			if address = m.World.Remotes[w.Text]; address == "" {
				address = w.Text
			}
			if len(rest) > 1 {
				branch = rest[1].Text
			}
		case after != "":
			address, branch = m.World.Remotes[name], after
		}
		if w.Known() && address != "" && filecommand.Forked(m, c.Spot, address, branch) {
			m.PrintsUnknown(c.Name)
			return true
		}
	}
	return false
}
