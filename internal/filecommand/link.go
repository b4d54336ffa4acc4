package filecommand

import (
	"path"
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// link is ln. A symbolic link within the tree is made; others are named, with the reason.
func link(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := arguments.Split(arguments.WithValues(c.Args, "target-directory", "suffix"), "tS")
	t, into := options.Value("t", "target-directory")
	if into {
		rest = append(rest, t)
	} else if len(rest) == 1 {
		rest = append(rest, shell.Word{Text: "."})
	}
	if len(rest) < 2 {
		return m.Undecided(c.Spot, "not expressible: ln has no target")
	}
	last := rest[len(rest)-1]
	to, known := m.Place(last.Text, true)
	if known && last.Known() && to.Disk == scriptfiles.Outside {
		m.MayHold(c.Spot, to)
		return m.Nothing(c)
	}
	into = m.World.IsFolder(to) && !options.Has("T")
	if options.Has("n", "no-dereference") || !into {
		to, known = m.Entry(last.Text)
		into = m.World.IsFolder(to) && !options.Has("T")
	}
	if known && len(rest) > 2 && !into {
		m.Undecided(c.Spot, "not expressible: %s is not a folder here, so this fails", m.World.Shown(to))
		return shell.Failed
	}
	files, order := map[scriptfiles.Place]*scriptfiles.File{}, []scriptfiles.Place{}
	result := shell.Succeeded
	for _, w := range rest[:len(rest)-1] {
		at := to
		if into {
			at.Name = path.Join(to.Name, path.Base(w.Text))
		}
		if !known || !w.Known() || !last.Known() {
			return m.Unclear(c.Spot, w.Doubt()+last.Doubt())
		}
		text, why := linkText(m, w.Text, at, options)
		switch {
		case at.Disk == scriptfiles.InTree && m.Nowhere(c.Spot, at):
			return shell.Failed
		case m.World.Exists(at) && (!options.Has("f", "force") || m.World.IsFolder(at) || pointsAt(m, w.Text, at)):
			result = shell.Failed
			continue
		case why != "":
			m.Doubt(c.Spot, at, "it is a link that is left out")
			m.Undecided(c.Spot, "left out: %s: %s", m.World.Shown(at), why)
			continue
		}
		files[at] = &scriptfiles.File{Mode: tree.Symlink, Data: []byte(text)}
		order = append(order, at)
	}
	m.Put(c.Spot, &scriptchanges.Effect{Kind: scriptchanges.Patched}, files, order)
	return result
}

// pointsAt reports whether a link would replace the very file that it is to lead to, which ln refuses.
func pointsAt(m *shell.Machine, source string, at scriptfiles.Place) bool {
	p, known := m.Entry(source)
	return known && p == at
}

// linkText is where a link leads, as it says itself; or why the import leaves it out.
func linkText(m *shell.Machine, source string, at scriptfiles.Place, options arguments.Options) (text, why string) {
	switch {
	case at.Disk != scriptfiles.InTree:
		return "", "the import does not follow links beside the script"
	case !options.Has("s", "symbolic"):
		return "", "it is a hard link, which git does not keep; cp makes a copy"
	case options.Has("r", "relative"):
		p, known := m.Entry(source)
		if !known || p.Disk != scriptfiles.InTree {
			return "", "it leads out of the tree, which no change may"
		}
		return relative(path.Dir(at.Name), p.Name), ""
	case path.IsAbs(source):
		return "", "it leads to " + source + ", and a link with an absolute path leaves the tree, which no change may"
	}
	if leads := path.Join(path.Dir(at.Name), source); leads == ".." || strings.HasPrefix(leads, "../") {
		return "", "it leads out of the tree, which no change may"
	}
	return source, ""
}

// relative is a path of the tree as a link in a folder of it says it.
func relative(folder, name string) string {
	for up := ""; ; up += "../" {
		if rest, below := scriptfiles.Below(folder, name); folder == "." || below {
			if folder == "." {
				rest = name
			}
			return path.Join(up, rest)
		}
		folder = path.Dir(folder)
	}
}
