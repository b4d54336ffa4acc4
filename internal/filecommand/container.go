package filecommand

import (
	"slices"
	"strings"
	"unicode"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/shell"
)

// container is docker, podman, nerdctl and kubectl. What builds, starts or asks changes no file here. What runs a
// program that changes files in a container, or copies files to or from one, is left to a person: the files of a
// container that runs are not the tree.
func container(m *shell.Machine, c *shell.Call) shell.Status {
	m.PrintsUnknown(c.Name)
	if why := inContainer(m, c); why != "" {
		return m.Undecided(c.Spot, "not expressible: %s", why)
	}
	m.Harmless(c.Spot)
	return shell.Status{Why: "what " + c.Name + " finds"}
}

// inContainer returns what a command does to files of a container, "" where it does nothing to them. A file that it
// copies out is uncertain afterwards.
func inContainer(m *shell.Machine, c *shell.Call) string {
	at := slices.IndexFunc(c.Args, func(a shell.Word) bool { return subcommands[a.Text] })
	if at < 0 {
		return ""
	}
	switch rest := c.Args[at+1:]; c.Args[at].Text {
	case "exec", "run":
		line := ""
		for _, a := range rest {
			line += a.Text + " "
		}
		if m.In != nil {
			line += string(m.In.Data)
		}
		if program := changing(line); program != "" {
			return program + " changes files in a container, which is not the tree"
		}
	case "cp":
		_, paths := arguments.Split(rest, "nc")
		switch {
		case len(paths) != 2:
		case strings.Contains(paths[0].Text, ":"):
			if to, known := m.Place(paths[1].Text, true); known {
				m.Doubt(c.Spot, to, "it is out of a container")
			}
			return paths[0].Text + " is in a container: its content is not known"
		default:
			return "it copies " + paths[0].Text + " into a container, which is not the tree"
		}
	}
	return ""
}

// subcommands are those after which a container's arguments stand. The first word that is one of them is meant: what
// is before it is options and their values.
var subcommands = shell.Set(`exec run cp build up down pull push start stop restart kill logs ps images tag login
	logout rm rmi create inspect volume network image system info version config get apply rollout delete scale set
	wait top events commit save load import export`)

// changing returns the first word of a command line that is a program which changes files, "" if there is none.
func changing(line string) string {
	words := strings.FieldsFunc(line, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`;&|()'"`, r)
	})
	at := slices.IndexFunc(words, func(w string) bool { return changers[w[strings.LastIndex(w, "/")+1:]] })
	if at < 0 {
		return ""
	}
	return words[at]
}

// changers are programs that people run in a container to change Mastodon's files.
var changers = shell.Set("sed gsed patch git tee cp mv rm install perl awk gawk ed ex truncate rsync tar unzip")
