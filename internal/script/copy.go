package script

import (
	"path"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// operands splits a command's options from its operands. Of an option in takes the next argument is its value.
func operands(args []word, takes string) (options map[string]word, rest []word) {
	options = map[string]word{}
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a.s == "--":
			return options, append(rest, args[i+1:]...)
		case strings.HasPrefix(a.s, "--"):
			name, value, _ := strings.Cut(a.s[2:], "=")
			options[name] = word{s: value, why: a.why}
		case strings.HasPrefix(a.s, "-") && len(a.s) > 1:
			for k := 1; k < len(a.s); k++ {
				name := a.s[k : k+1]
				if !strings.Contains(takes, name) {
					options[name] = word{}
					continue
				}
				value := word{s: a.s[k+1:], why: a.why}
				if value.s == "" && i+1 < len(args) {
					i++
					value = args[i]
				}
				options[name] = value
				break
			}
		default:
			rest = append(rest, a)
		}
	}
	return options, rest
}

func has(options map[string]word, names ...string) bool {
	for _, n := range names {
		if _, found := options[n]; found {
			return true
		}
	}
	return false
}

// pair is a file to copy and where to.
type pair struct {
	from, to place
}

// cp copies files: of the script's own folder into the tree, they are an overlay.
func (m *machine) cp(c *call) status {
	options, rest := operands(c.args, "tSm")
	if t, found := options["t"]; found {
		rest = append(rest, t)
	}
	deep := has(options, "r", "R", "a", "recursive", "archive")
	if has(options, "parents", "l", "s", "symbolic-link", "link", "attributes-only", "b", "backup", "suffix", "S") {
		m.doubtNamed(c)
		return m.undecided(c.spot, "not expressible: the import does not follow this option of cp")
	}
	return m.copyAll(c, rest, copying{deep: deep, into: !has(options, "T", "no-target-directory"),
		keep: has(options, "n", "no-clobber"), links: !has(options, "L", "dereference") && (deep || has(options, "P", "d")),
		fresh: has(options, "remove-destination")})
}

// copying is how files are copied.
type copying struct {
	deep   bool      // folders too
	into   bool      // a target that is a folder is copied into
	keep   bool      // what is there stays
	inside bool      // a folder with a slash behind it is what it holds, as rsync has it
	mode   tree.Mode // that the copies get; 0: that of the source, where the target is new
	move   bool
	links  bool // a link is copied, not what it leads to
	makes  bool // the folder of the target is made, as install -D does
	fresh  bool // what is at the target is taken away first, a link too
}

func (m *machine) copyAll(c *call, rest []word, how copying) status {
	if len(rest) < 2 {
		return m.undecided(c.spot, "not expressible: %s has no target", c.name)
	}
	last := rest[len(rest)-1]
	to, known := m.place(last.s, true)
	if !known || last.why != "" && !startsMarked(last.s) {
		return m.unclear(c.spot, last.doubt())
	}
	folder := how.into && m.world.isFolder(to) || strings.HasSuffix(last.s, "/") && how.into || len(rest) > 2
	if how.fresh && !folder {
		to, _ = m.entry(last.s)
	}
	if s, fails := m.targetFails(c, rest, to, folder, how); fails {
		return s
	}
	if folder && len(rest) == 2 && !m.world.exists(to) && !how.makes { // cp -r folder new/
		folder = false
	}
	var moved []place
	if how.makes {
		defer func(folderOf place) {
			if folderOf.name != "." && !m.world.isFolder(folderOf) {
				m.world.write(folderOf, &file{folder: true})
			}
		}(place{to.disk, path.Dir(to.name)})
	}
	var pairs []pair
	for _, w := range rest[:len(rest)-1] {
		from, known := m.place(w.s, false)
		if link, isKnown := m.entry(w.s); isKnown && (how.links || how.move) && from.disk == inTree && link.disk == inTree {
			from = link
		}
		if !known || w.why != "" && !startsMarked(w.s) {
			if to.disk == inTree {
				m.doubt(c.spot, to, w.doubt())
			}
			return m.unclear(c.spot, w.doubt())
		}
		if from.disk == outside && !m.world.exists(from) { // of another disk: a file of its name was put beside the script
			if own := (place{beside, path.Base(from.name)}); m.world.read(own) != nil {
				from = own
			}
		}
		source := m.world.read(from)
		switch {
		case source == nil && !m.world.isFolder(from):
			return m.missing(c, w, from, to, folder)
		case source == nil && !how.deep:
			return m.undecided(c.spot, "not expressible: %s is a folder, which %s leaves out", m.world.shown(from), c.name)
		case source == nil:
			moved = append(moved, from)
			pairs = append(pairs, m.below(from, to, w.s, folder && !(how.inside && strings.HasSuffix(w.s, "/")))...)
		case folder:
			one := place{to.disk, path.Join(to.name, path.Base(w.s))}
			if !how.fresh && !how.move {
				one = m.world.follow(one, true)
			}
			pairs = append(pairs, pair{from, one})
		default:
			pairs = append(pairs, pair{from, to})
		}
	}
	s := m.copyPairs(c, pairs, how)
	if how.move && m.perhaps == "" {
		for _, from := range moved {
			m.world.vanish(from)
		}
	}
	return s
}

// targetFails notes a target that cannot be written to: a folder that is not there.
func (m *machine) targetFails(c *call, rest []word, to place, folder bool, how copying) (status, bool) {
	if to.disk != inTree || how.makes || m.world.isFolder(to) {
		return succeeded, false
	}
	named := strings.HasSuffix(rest[len(rest)-1].s, "/")
	if from, known := m.place(rest[0].s, false); known && m.world.read(from) != nil {
		how.deep = false // a file, which has no folder to be copied to
	}
	switch {
	case how.inside: // rsync makes the folder that it copies to
		return failed, m.nowhere(c.spot, to)
	case len(rest) > 2 && m.world.read(to) != nil, folder && !(named && how.deep && len(rest) == 2):
		m.undecided(c.spot, "not expressible: %s is not a folder here, so this fails", m.world.shown(to))
		return failed, true
	}
	return failed, m.nowhere(c.spot, to)
}

// below pairs all files of a folder with their copies.
func (m *machine) below(from, to place, shown string, into bool) []pair {
	if name := path.Base(shown); into && name != "." && name != ".." && name != "/" {
		to.name = path.Join(to.name, name)
	}
	var out []pair
	for _, p := range m.world.files(from) {
		rest, _ := below(from.name, p.name)
		if from.name == "" {
			rest = p.name
		}
		out = append(out, pair{p, place{to.disk, path.Join(to.name, rest)}})
	}
	return out
}

// missing notes that what is to be copied is not here.
func (m *machine) missing(c *call, w word, from, to place, folder bool) status {
	if from.disk == inTree {
		return m.gone(c.spot, from)
	}
	if to.disk != inTree {
		if folder {
			to.name = path.Join(to.name, path.Base(w.s))
		}
		m.doubt(c.spot, to, clear(w.s)+" is not here")
		m.harmless(c.spot)
		return succeeded
	}
	if folder {
		to.name = path.Join(to.name, path.Base(w.s))
	}
	m.doubt(c.spot, to, clear(w.s)+" is not here")
	return m.undecided(c.spot, "overlay?: %s is not beside the script; put it there, or add it as an overlay",
		clear(w.s))
}

// copyPairs copies files one by one, as one effect.
func (m *machine) copyPairs(c *call, pairs []pair, how copying) status {
	*m.steps += len(pairs) / copyStep
	files, order := map[place]*file{}, []place{}
	e := &effect{kind: replaced}
	for _, p := range pairs {
		source := m.world.read(p.from)
		target := m.world.read(p.to)
		if source == nil || how.keep && target != nil {
			continue
		}
		if source.why != "" {
			m.doubt(c.spot, p.to, m.certain(source))
			m.undecided(c.spot, "%s is uncertain: %s", m.world.shown(p.from), m.certain(source))
			continue
		}
		f := &file{data: source.data, mode: source.mode}
		if target != nil && !how.move {
			f.mode = target.mode
		}
		if how.mode != 0 {
			f.mode = how.mode
		}
		files[p.to] = f
		order = append(order, p.to)
		if how.move {
			if p.from.disk == inTree && !source.scratch {
				e.kind = patched
			} else if p.from.disk != beside && target != nil {
				e.kind = edited
				f.mode = target.mode
			}
			files[p.from] = &file{gone: true, scratch: source.scratch}
			order = append(order, p.from)
		} else if p.from.disk != beside && target != nil {
			e.kind = edited
		}
	}
	if len(order) == 0 {
		m.harmless(c.spot)
		return succeeded
	}
	m.put(c.spot, e, files, order)
	return succeeded
}
