// Package filecommand holds the programs that make, copy, move and remove files, as a script that is followed calls
// them, and those that fetch or unpack some: cp, install, rsync, mv, rm, chmod, ln, curl, tar, yarn.
package filecommand

import (
	"path"
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// Pair is a file to copy and where to.
type Pair struct {
	From, To scriptfiles.Place
}

// cp copies files: of the script's own folder into the tree, they are an overlay.
func cp(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := arguments.Split(arguments.WithValues(c.Args, "target-directory", "suffix"), "tSm")
	if t, found := options.Value("t", "target-directory"); found {
		rest = append(rest, t)
	}
	deep := options.Has("r", "R", "a", "recursive", "archive")
	if options.Has("parents", "l", "s", "symbolic-link", "link", "attributes-only", "b", "backup", "suffix", "S") {
		m.DoubtNamed(c)
		return m.Undecided(c.Spot, "not expressible: the import does not follow this option of cp")
	}
	return copyAll(m, c, rest, Copying{Deep: deep, Into: !options.Has("T", "no-target-directory"),
		keep: options.Has("n", "no-clobber"), links: !options.Has("L", "dereference") &&
			(deep || options.Has("P", "d")),
		fresh: options.Has("remove-destination")})
}

// Copying is how files are copied.
type Copying struct {
	Deep   bool      // folders too
	Into   bool      // a target that is a folder is copied into
	keep   bool      // what is there stays
	inside bool      // a folder with a slash behind it is what it holds, as rsync has it
	Mode   tree.Mode // that the copies get; 0: that of the source, where the target is new
	move   bool
	links  bool // a link is copied, not what it leads to
	makes  bool // the folder of the target is made, as install -D does
	fresh  bool // what is at the target is taken away first, a link too
	folder bool // the target is a folder, which the copies go into
	modes  bool // what is there gets the mode of its source

	without []string // rsync's patterns of names that are left out
}

func copyAll(m *shell.Machine, c *shell.Call, rest []shell.Word, how Copying) shell.Status {
	if len(rest) < 2 {
		return m.Undecided(c.Spot, "not expressible: %s has no target", c.Name)
	}
	last := rest[len(rest)-1]
	to, known := m.Place(last.Text, true)
	if !known || last.Why != "" && !placeholder.Begins(last.Text) {
		return m.Unclear(c.Spot, last.Doubt())
	}
	folder := how.Into && m.World.IsFolder(to) || strings.HasSuffix(last.Text, "/") && how.Into || len(rest) > 2
	if how.fresh && !folder {
		to, _ = m.Entry(last.Text)
	}
	how.folder = folder
	if how.move && movesTree(m, rest, folder) {
		return m.Nothing(c)
	}
	if s, fails := targetFails(m, c, rest, to, how); fails {
		return s
	}
	if folder && len(rest) == 2 && !m.World.Exists(to) && !how.makes { // cp -r folder new/
		folder = false
	}
	var moved []scriptfiles.Place
	if how.makes {
		defer func(folderOf scriptfiles.Place) {
			if folderOf.Name != "." && !m.World.IsFolder(folderOf) {
				m.World.Write(folderOf, &scriptfiles.File{Folder: true})
			}
		}(scriptfiles.At(to.Disk, path.Dir(to.Name)))
	}
	var pairs []Pair
	for _, w := range rest[:len(rest)-1] {
		from, known := m.Place(w.Text, false)
		if link, isKnown := m.Entry(w.Text); isKnown && (how.links || how.move) && from.Disk == scriptfiles.InTree &&
			link.Disk == scriptfiles.InTree {
			from = link
		}
		if !known || w.Why != "" && !placeholder.Begins(w.Text) {
			if to.Disk == scriptfiles.InTree {
				m.Doubt(c.Spot, to, m.Doubtful(w))
			}
			return m.Unclear(c.Spot, w.Doubt())
		}
		if from.Disk == scriptfiles.Outside {
			from, _ = m.Source(w.Text)
		}
		if w.Text == "/dev/null" { // an empty file
			m.World.Write(from, &scriptfiles.File{Mode: tree.Regular, Scratch: true})
		}
		source := m.World.Read(from)
		switch {
		case source == nil && !m.World.IsFolder(from):
			if folder {
				to.Name = path.Join(to.Name, path.Base(w.Text))
			}
			return missingSource(m, c, w, from, to)
		case source == nil && !how.Deep:
			return m.Undecided(c.Spot, "not expressible: %s is a folder, which %s leaves out", m.World.Shown(from), c.Name)
		case source == nil:
			moved = append(moved, from)
			into := folder && !(how.inside && strings.HasSuffix(w.Text, "/"))
			leftOut := how.below(from, !strings.HasSuffix(w.Text, "/"))
			for _, p := range PairsBelow(m, c.Spot, from, target(to, w.Text, into), leftOut) {
				if !leftOut(p.From.Name) {
					pairs = append(pairs, p)
				}
			}
		case how.leavesOut(path.Base(w.Text)):
		case folder:
			one := scriptfiles.At(to.Disk, path.Join(to.Name, path.Base(w.Text)))
			if !how.fresh && !how.move {
				one = m.World.Follow(one, true)
			}
			pairs = append(pairs, Pair{from, one})
		default:
			pairs = append(pairs, Pair{from, to})
		}
	}
	if TooMuch(m, c.Spot, pairs) {
		return shell.Succeeded
	}
	s := copyPairs(m, c, pairs, how)
	if how.move && m.Perhaps == "" {
		for _, from := range moved {
			m.World.Vanish(from)
		}
	}
	return s
}

// movesTree reports whether the whole tree is moved to another folder, and notes that the tree lies there from now on.
func movesTree(m *shell.Machine, rest []shell.Word, into bool) bool {
	from, known := m.Place(rest[0].Text, false)
	to, isKnown := m.Abs(rest[1].Text)
	if len(rest) != 2 || !known || !isKnown || rest[0].Why != "" && !placeholder.Begins(rest[0].Text) ||
		from != scriptfiles.At(scriptfiles.InTree, "") || m.Perhaps != "" {
		return false
	}
	if into && m.World.Locate(to, true) != from {
		to = path.Join(to, path.Base(rest[0].Text))
	}
	m.World.Note(to, scriptfiles.Strong)
	return true
}

// targetFails notes a target that cannot be written to: a folder that is not there.
func targetFails(
	m *shell.Machine, c *shell.Call, rest []shell.Word, to scriptfiles.Place, how Copying,
) (shell.Status, bool) {
	if to.Disk != scriptfiles.InTree || how.makes || m.World.IsFolder(to) {
		return shell.Succeeded, false
	}
	named := strings.HasSuffix(rest[len(rest)-1].Text, "/")
	if from, known := m.Place(rest[0].Text, false); known && m.World.Read(from) != nil {
		how.Deep = false // a file, which has no folder to be copied to
	}
	switch {
	case how.inside: // rsync makes the folder that it copies to
		return shell.Failed, m.Nowhere(c.Spot, to)
	case len(rest) > 2 && m.World.Read(to) != nil, how.folder && !(named && how.Deep && len(rest) == 2):
		m.Undecided(c.Spot, "not expressible: %s is not a folder here, so this fails", m.World.Shown(to))
		return shell.Failed, true
	}
	return shell.Failed, m.Nowhere(c.Spot, to)
}

// missingSource notes that what is to be copied to a place is not here.
func missingSource(m *shell.Machine, c *shell.Call, w shell.Word, from, to scriptfiles.Place) shell.Status {
	abs, _ := m.Abs(w.Text)
	if line, cloned := m.World.CloneAt(abs); cloned && to.Disk == scriptfiles.InTree {
		m.Doubt(c.Spot, to, placeholder.Shown(w.Text)+" comes from the clone on "+line)
		return m.Undecided(c.Spot, "overlay?: %s comes from the clone on %s; take it with an overlay of that repository",
			placeholder.Shown(w.Text), line)
	}
	if from.Disk == scriptfiles.InTree {
		return m.Gone(c.Spot, from)
	}
	if to.Disk != scriptfiles.InTree {
		m.Doubt(c.Spot, to, placeholder.Shown(w.Text)+" is not here")
		m.Harmless(c.Spot)
		return shell.Succeeded
	}
	m.Doubt(c.Spot, to, placeholder.Shown(w.Text)+" is not here")
	name, next := placeholder.Shown(w.Text), importer.Next{Path: to.Name, File: "FILE"}
	if !placeholder.In(w.Text) {
		next.File = w.Text
	}
	if placeholder.In(path.Base(w.Text)) || strings.HasPrefix(from.Name, placeholder.Temporary) {
		m.Offer(c.Spot, next, "overlay?: %s is made by what is not followed", name)
	} else {
		m.Offer(c.Spot, next, "overlay?: %s is not here; copy it beside the script as %s, and import the script again",
			name, path.Base(from.Name))
	}
	return shell.Status{Why: "whether there is " + name}
}

// copyPairs copies files one by one, as one effect.
func copyPairs(m *shell.Machine, c *shell.Call, pairs []Pair, how Copying) shell.Status {
	*m.Steps += len(pairs) / copyStep
	files, order := map[scriptfiles.Place]*scriptfiles.File{}, []scriptfiles.Place{}
	e := &scriptchanges.Effect{Kind: scriptchanges.Replaced}
	for _, p := range pairs {
		source := m.World.Read(p.From)
		target := m.World.Read(p.To)
		if source == nil || how.keep && target != nil {
			continue
		}
		if source.Why != "" {
			m.Doubt(c.Spot, p.To, source.Doubt())
			m.Undecided(c.Spot, "%s is uncertain: %s", m.World.Shown(p.From), source.Doubt())
			continue
		}
		f := &scriptfiles.File{Data: source.Data, Mode: source.Mode}
		if target != nil && !how.move && !how.modes {
			f.Mode = target.Mode
		}
		if how.Mode != 0 {
			f.Mode = how.Mode
		}
		files[p.To] = f
		order = append(order, p.To)
		if how.move {
			if p.From.Disk == scriptfiles.InTree && !source.Scratch {
				e.Kind = scriptchanges.Patched
			} else if p.From.Disk != scriptfiles.Beside && target != nil {
				e.Kind = scriptchanges.Edited
				f.Mode = target.Mode
			}
			files[p.From] = &scriptfiles.File{Gone: true, Scratch: source.Scratch}
			order = append(order, p.From)
		} else if p.From.Disk != scriptfiles.Beside && target != nil {
			e.Kind = scriptchanges.Edited
		}
	}
	if len(order) == 0 {
		m.Harmless(c.Spot)
		return shell.Succeeded
	}
	m.Put(c.Spot, e, files, order)
	return shell.Succeeded
}

// copyStep is how many files that are copied count as a command.
const copyStep = 2
