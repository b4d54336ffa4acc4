package filecommand

import (
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// Rm removes files, and folders where it is asked to.
func Rm(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := arguments.Split(c.Args, "")
	deep, force := options.Has("r", "R", "recursive"), options.Has("f", "force")
	files, order := map[scriptfiles.Place]*scriptfiles.File{}, []scriptfiles.Place{}
	result, whole := shell.Succeeded, deep && emptiesTree(m, rest)
	for _, w := range rest {
		p, known := m.Entry(w.Text)
		if !known || w.Why != "" && !placeholder.Begins(w.Text) {
			return m.Unclear(c.Spot, w.Doubt())
		}
		switch {
		case whole && p.Disk == scriptfiles.InTree: // as below, with each entry named
		case m.World.IsFile(p), p.Disk == scriptfiles.Outside && isBeside(m, w):
			files[p] = &scriptfiles.File{Gone: true, Scratch: m.World.IsScratch(p)}
			order = append(order, p)
		case m.World.IsFolder(p) && deep && p.Name != "":
			for _, one := range m.World.Files(p) {
				files[one] = &scriptfiles.File{Gone: true, Scratch: m.World.IsScratch(one)}
				order = append(order, one)
			}
			if m.Perhaps == "" {
				m.World.Vanish(p)
			}
		case m.World.IsFolder(p) && deep: // the whole tree: a copy of it is made anew, or thrown away at the end
		case m.World.IsFolder(p) && options.Has("d", "dir") && len(m.World.List(p)) == 0:
			m.World.Write(p, &scriptfiles.File{Gone: true})
		case m.World.IsFolder(p):
			m.Undecided(c.Spot, "not expressible: rm without -r removes no folder")
			result = shell.Failed
		case !force && p.Disk == scriptfiles.InTree:
			result = m.Gone(c.Spot, p)
		}
	}
	m.Put(c.Spot, &scriptchanges.Effect{Kind: scriptchanges.Patched}, files, order)
	return result
}

// isBeside reports whether a file of another folder is read beside the script.
func isBeside(m *shell.Machine, w shell.Word) bool {
	p, known := m.Source(w.Text)
	return known && p.Disk == scriptfiles.Beside && m.World.IsFile(p)
}

// emptiesTree reports whether the operands are all that a pattern such as src/* matches in the tree.
func emptiesTree(m *shell.Machine, operands []shell.Word) bool {
	named := map[string]bool{}
	for _, w := range operands {
		if p, known := m.Entry(w.Text); known && p.Disk == scriptfiles.InTree {
			named[p.Name] = true
		}
	}
	if len(named) < 2 {
		return false
	}
	for _, name := range m.World.List(scriptfiles.At(scriptfiles.InTree, "")) {
		if name = strings.TrimSuffix(name, "/"); !strings.HasPrefix(name, ".") && !named[name] {
			return false
		}
	}
	return true
}

// rmdir removes folders that are empty.
func rmdir(m *shell.Machine, c *shell.Call) shell.Status {
	_, rest := arguments.Split(c.Args, "")
	result := shell.Succeeded
	for _, w := range rest {
		p, known := m.Entry(w.Text)
		switch {
		case !known || p.Disk == scriptfiles.Outside:
			result = shell.Status{Why: "what is in " + placeholder.Shown(w.Text)}
		case !m.World.IsFolder(p) || len(m.World.List(p)) > 0:
			result = shell.Failed
		default:
			m.World.Write(p, &scriptfiles.File{Gone: true})
		}
	}
	m.Harmless(c.Spot)
	return result
}

// mkdir creates folders, which git does not keep.
func mkdir(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := arguments.Split(arguments.WithValues(c.Args, "mode", "owner", "group"), "mog")
	deep := options.Has("p", "parents") || c.Name == "install"
	result := shell.Succeeded
	m.Harmless(c.Spot)
	for _, w := range rest {
		p, known := m.Place(w.Text, true)
		switch {
		case !known || p.Name == "":
		case m.World.Read(p) != nil || m.World.IsFolder(p) && !deep:
			if p.Disk == scriptfiles.Outside {
				result = shell.Status{Why: "what is at " + placeholder.Shown(w.Text)}
				continue
			}
			result = shell.Failed
		case !deep && m.Nowhere(c.Spot, p):
			result = shell.Failed
		case !m.World.Exists(p):
			m.World.Write(p, &scriptfiles.File{Folder: true})
		}
	}
	return result
}

// touch changes times, which git does not keep, and makes files that are empty.
func touch(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := arguments.Split(arguments.WithValues(c.Args, "date", "reference", "time"), "drt")
	files, order := map[scriptfiles.Place]*scriptfiles.File{}, []scriptfiles.Place{}
	result := shell.Succeeded
	for _, w := range rest {
		p, known := m.Place(w.Text, true)
		switch {
		case !known || w.Why != "" && !placeholder.Begins(w.Text):
			return m.Unclear(c.Spot, w.Doubt())
		case m.World.Exists(p) || options.Has("c", "no-create"):
		case m.Nowhere(c.Spot, p):
			result = shell.Failed
		default:
			files[p] = &scriptfiles.File{Mode: tree.Regular, Data: []byte{}}
			order = append(order, p)
		}
	}
	m.Put(c.Spot, &scriptchanges.Effect{Kind: scriptchanges.Replaced}, files, order)
	return result
}

// truncate cuts files, or fills them with zeros, to a length.
func truncate(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := arguments.Split(arguments.WithValues(c.Args, "size", "reference"), "sr")
	size, _ := options.Value("s", "size")
	n := arguments.Number(size.Text)
	if n < 0 || n > shell.MaxOutput || strings.HasPrefix(size.Text, "+") || !size.Known() {
		m.DoubtNamed(c)
		return m.Undecided(c.Spot, "not expressible: the import does not follow truncate to the length %q", size.Text)
	}
	files, order := map[scriptfiles.Place]*scriptfiles.File{}, []scriptfiles.Place{}
	for _, w := range rest {
		p, known := m.Place(w.Text, true)
		if !known || w.Why != "" && !placeholder.Begins(w.Text) {
			return m.Unclear(c.Spot, w.Doubt())
		}
		if m.Nowhere(c.Spot, p) {
			return shell.Failed
		}
		f := m.World.Read(p)
		switch {
		case f == nil && options.Has("c", "no-create"):
			continue
		case f == nil:
			f = &scriptfiles.File{Mode: tree.Regular}
		case f.Why != "" && n > 0:
			m.Undecided(c.Spot, "%s is uncertain: %s", m.World.Shown(p), f.Doubt())
			continue
		}
		data := make([]byte, n)
		copy(data, f.Data)
		files[p] = &scriptfiles.File{Mode: f.Mode, Data: data}
		order = append(order, p)
	}
	m.Put(c.Spot, &scriptchanges.Effect{Kind: scriptchanges.Replaced}, files, order)
	return shell.Succeeded
}
