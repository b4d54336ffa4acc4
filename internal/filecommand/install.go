package filecommand

import (
	"strings"

	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// install copies files with a mode, or makes folders.
func install(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := shell.Operands(c.Args, "mogtS")
	if shell.Has(options, "d", "directory") {
		return mkdir(m, c)
	}
	mode := tree.Executable
	o, found := options["m"]
	if !found {
		o, found = options["mode"]
	}
	if found {
		if mode = ModeFrom(o.Text, tree.Executable); !o.Known() || mode == 0 {
			return m.Unclear(c.Spot, "the mode "+o.Text)
		}
	}
	t, into := options["t"]
	if !into {
		t, into = options["target-directory"]
	}
	makes := shell.Has(options, "D")
	if into {
		rest = append(rest, t)
		if p, known := m.Place(t.Text, true); known && t.Known() && makes && !m.World.Exists(p) {
			m.World.Write(p, &scriptfiles.File{Folder: true})
		}
	}
	return copyAll(m, c, rest, Copying{Into: !shell.Has(options, "T"), Mode: mode, makes: makes, fresh: true})
}

// rsync copies folders as cp does, but for a slash behind the source.
func rsync(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := shell.Operands(c.Args, "e")
	for _, w := range rest {
		if strings.Contains(w.Text, ":") {
			return m.Foreign(c)
		}
	}
	if shell.Has(options, "delete", "exclude", "include", "filter", "files-from", "n", "u", "ignore-existing", "R",
		"remove-source-files") {
		return m.Foreign(c)
	}
	deep := shell.Has(options, "a", "r", "archive", "recursive")
	return copyAll(m, c, rest, Copying{Deep: deep, Into: true, inside: true, links: true, fresh: true})
}

// Mv moves files.
func Mv(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := shell.Operands(c.Args, "tS")
	if t, found := options["t"]; found {
		rest = append(rest, t)
	}
	return copyAll(m, c, rest, Copying{Deep: true, Into: !shell.Has(options, "T"),
		keep:  shell.Has(options, "n", "no-clobber"),
		move:  true,
		fresh: true})
}
