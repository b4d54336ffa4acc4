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
	return m.copyAll(c, rest, copying{deep: deep, into: !has(options, "T"), keep: has(options, "n", "no-clobber")})
}

// copying is how files are copied.
type copying struct {
	deep   bool      // folders too
	into   bool      // a target that is a folder is copied into
	keep   bool      // what is there stays
	inside bool      // a folder with a slash behind it is what it holds, as rsync has it
	mode   tree.Mode // that the copies get; 0: that of the source, where the target is new
	move   bool
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
	var pairs []pair
	for _, w := range rest[:len(rest)-1] {
		from, known := m.place(w.s, false)
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
			pairs = append(pairs, m.below(from, to, w.s, folder && !(how.inside && strings.HasSuffix(w.s, "/")))...)
		case folder:
			pairs = append(pairs, pair{from, place{to.disk, path.Join(to.name, path.Base(w.s))}})
		default:
			pairs = append(pairs, pair{from, to})
		}
	}
	return m.copyPairs(c, pairs, how)
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

// install copies files with a mode, or makes folders.
func (m *machine) install(c *call) status {
	options, rest := operands(c.args, "mogtS")
	if has(options, "d", "directory") {
		return m.mkdir(c)
	}
	mode := tree.Executable
	if o, found := options["m"]; found {
		if mode = modeFrom(o.s, tree.Executable); !o.known() || mode == 0 {
			return m.unclear(c.spot, "the mode "+o.s)
		}
	} else if o, found := options["mode"]; found {
		mode = modeFrom(o.s, tree.Executable)
	}
	if t, found := options["t"]; found {
		rest = append(rest, t)
	}
	return m.copyAll(c, rest, copying{into: !has(options, "T"), mode: mode})
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
	return m.copyAll(c, rest, copying{deep: has(options, "a", "r", "archive", "recursive"), into: true, inside: true})
}

// mv moves files.
func (m *machine) mv(c *call) status {
	options, rest := operands(c.args, "tS")
	if t, found := options["t"]; found {
		rest = append(rest, t)
	}
	return m.copyAll(c, rest, copying{deep: true, into: !has(options, "T"), keep: has(options, "n"), move: true})
}
