package textcommand

import (
	"github.com/howdah/howdah/internal/shell"
)

// Commands returns the commands of this package by their names. Those in Writing may change files.
func Commands() shell.Commands {
	return shell.Commands{Always: map[string]shell.Command{
		"cat":      cat,
		"grep":     grep,
		"egrep":    grep,
		"fgrep":    grep,
		"xargs":    xargs,
		"find":     find,
		"ls":       ls,
		"envsubst": envsubst,
		"cmp":      compareFiles,
		"diff":     compareFiles,
		"head":     filter,
		"tail":     filter,
		"tac":      filter,
		"rev":      filter,
		"cut":      filter,
		"tr":       filter,
		"sort":     filter,
		"uniq":     filter,
		"wc":       filter,
		"base64":   filter,
	}, Writing: map[string]shell.Command{
		"sed":  sedCommand,
		"gsed": sedCommand,
		"tee":  tee,
		"awk":  awk,
		"gawk": awk,
		"mawk": awk,
	}}
}
