package gitcommand

import (
	"github.com/howdah/howdah/internal/shell"
)

// Commands are git, patch and quilt.
func Commands() shell.Commands {
	return shell.Commands{Writing: map[string]shell.Command{
		"patch": patchProgram,
		"git":   git,
		"quilt": quiltProgram,
	}}
}
