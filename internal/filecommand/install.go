package filecommand

import (
	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// install copies files with a mode, or makes folders.
func install(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := arguments.Split(arguments.WithValues(c.Args, "mode", "owner", "group", "target-directory",
		"suffix", "strip-program"), "mogtS")
	if options.Has("d", "directory") {
		return mkdir(m, c)
	}
	mode := tree.Executable
	if o, found := options.Value("m", "mode"); found {
		if mode = ModeFrom(o.Text, tree.Executable); !o.Known() || mode == 0 {
			return m.Unclear(c.Spot, "the mode "+o.Text)
		}
	}
	t, into := options.Value("t", "target-directory")
	makes := options.Has("D")
	if into {
		rest = append(rest, t)
		if p, known := m.Place(t.Text, true); known && t.Known() && makes && !m.World.Exists(p) {
			m.World.Write(p, &scriptfiles.File{Folder: true})
		}
	}
	return copyAll(m, c, rest, Copying{Into: !options.Has("T"), Mode: mode, makes: makes, fresh: true})
}

// Mv moves files.
func Mv(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := arguments.Split(arguments.WithValues(c.Args, "target-directory", "suffix"), "tS")
	if t, found := options.Value("t", "target-directory"); found {
		rest = append(rest, t)
	}
	return copyAll(m, c, rest, Copying{Deep: true, Into: !options.Has("T", "no-target-directory"),
		keep:  options.Has("n", "no-clobber"),
		move:  true,
		fresh: true})
}
