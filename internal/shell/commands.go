package shell

import (
	"maps"
	"strings"
)

func Set(names string) map[string]bool {
	out := map[string]bool{}
	for _, n := range strings.Fields(names) {
		out[n] = true
	}
	return out
}

// Command follows one command of the script.
type Command func(*Machine, *Call) Status

// Commands are those that the import knows, by name.
type Commands struct {
	Always  map[string]Command // also where a failed guard holds the rest: they change the shell, not the files
	Writing map[string]Command // the programs that may write files
	Quiet   map[string]bool    // they change no file of the tree, whatever they print
	Asking  map[string]bool    // those of Quiet whose exit code is not known
	Silent  map[string]bool    // they fail without a word
	Machine func(*Call) bool   // whether a command that changes no file of the tree changes the machine
}

// With returns the commands, and those that others follow.
func (c Commands) With(others ...Commands) Commands {
	c.Always, c.Writing = map[string]Command{}, map[string]Command{}
	for _, one := range others {
		maps.Copy(c.Always, one.Always)
		maps.Copy(c.Writing, one.Writing)
	}
	return c
}
