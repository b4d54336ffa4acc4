package filecommand

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// mktemp creates a file, or a folder, in a folder for temporary ones. Its name is unknown, and differs each time.
func mktemp(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	options, rest := arguments.Split(c.Args, "p")
	template := "tmp"
	if len(rest) > 0 {
		template = rest[0].Text
	}
	if options.Has("p", "tmpdir", "u") || strings.Contains(template, "/") &&
		!strings.HasPrefix(template, "/tmp/") ||
		len(rest) > 0 && !options.Has("t") && !strings.HasPrefix(template, "/tmp/") || len(rest) > 1 {
		m.PrintsUnknown("mktemp")
		return shell.Succeeded
	}
	*m.Temporary++
	name := placeholder.Temporary + placeholder.Close
	if *m.Temporary > 1 {
		name = fmt.Sprintf("%s%s(%d)%s", placeholder.Temporary, placeholder.Blank, *m.Temporary, placeholder.Close)
	}
	f := &scriptfiles.File{Data: []byte{}, Mode: 0o100644}
	if options.Has("d", "directory") {
		f = &scriptfiles.File{Folder: true}
	}
	m.World.Write(scriptfiles.At(scriptfiles.Outside, name), f)
	m.Print([]byte(name + "\n"))
	return shell.Succeeded
}
