package script

import (
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// install copies files with a mode, or makes folders.
func (m *machine) install(c *call) status {
	options, rest := operands(c.args, "mogtS")
	if has(options, "d", "directory") {
		return m.mkdir(c)
	}
	mode := tree.Executable
	o, found := options["m"]
	if !found {
		o, found = options["mode"]
	}
	if found {
		if mode = modeFrom(o.s, tree.Executable); !o.known() || mode == 0 {
			return m.unclear(c.spot, "the mode "+o.s)
		}
	}
	t, into := options["t"]
	if !into {
		t, into = options["target-directory"]
	}
	makes := has(options, "D")
	if into {
		rest = append(rest, t)
		if p, known := m.place(t.s, true); known && t.known() && makes && !m.world.exists(p) {
			m.world.write(p, &file{folder: true})
		}
	}
	return m.copyAll(c, rest, copying{into: !has(options, "T"), mode: mode, makes: makes, fresh: true})
}

// rsync copies folders as cp does, but for a slash behind the source.
func (m *machine) rsync(c *call) status {
	options, rest := operands(c.args, "e")
	for _, w := range rest {
		if strings.Contains(w.s, ":") {
			return m.foreign(c)
		}
	}
	if has(options, "delete", "exclude", "include", "filter", "files-from", "n", "u", "ignore-existing", "R",
		"remove-source-files") {
		return m.foreign(c)
	}
	deep := has(options, "a", "r", "archive", "recursive")
	return m.copyAll(c, rest, copying{deep: deep, into: true, inside: true, links: true, fresh: true})
}

// mv moves files.
func (m *machine) mv(c *call) status {
	options, rest := operands(c.args, "tS")
	if t, found := options["t"]; found {
		rest = append(rest, t)
	}
	return m.copyAll(c, rest, copying{deep: true, into: !has(options, "T"), keep: has(options, "n", "no-clobber"),
		move:  true,
		fresh: true})
}
