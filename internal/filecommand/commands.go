package filecommand

import (
	"github.com/howdah/howdah/internal/shell"
)

// Commands are those that copy, move, remove and fetch files.
func Commands() shell.Commands {
	return shell.Commands{Always: map[string]shell.Command{
		"mktemp": mktemp,
	}, Writing: map[string]shell.Command{
		"cp":       cp,
		"install":  install,
		"mv":       Mv,
		"rm":       Rm,
		"unlink":   Rm,
		"rmdir":    rmdir,
		"mkdir":    mkdir,
		"touch":    touch,
		"truncate": truncate,
		"chmod":    chmod,
		"rsync":    rsync,
		"curl":     download,
		"tar":      tar,
		"bsdtar":   tar,
		"wget":     download,
		"yarn":     packages,
		"npm":      packages,
		"bundle":   packages,
		"bundler":  packages,
		"gem":      packages,
		"pnpm":     packages,
		"ln":       link,

		"docker":         container,
		"docker-compose": container,
		"podman":         container,
		"podman-compose": container,
		"nerdctl":        container,
		"kubectl":        container,
	}}
}
