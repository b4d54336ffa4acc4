package script

import (
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// modeFrom is the mode that chmod's first argument gives; 0 where that is not told.
func modeFrom(s string, old tree.Mode) tree.Mode {
	switch {
	case strings.Trim(s, "01234567") == "" && len(s) >= 3:
		if (s[len(s)-3]-'0')&1 == 1 {
			return tree.Executable
		}
		return tree.Regular
	case strings.Contains(s, "+") && strings.ContainsAny(s, "xX"):
		if who, _, _ := strings.Cut(s, "+"); who == "" || strings.ContainsAny(who, "ua") {
			if strings.Contains(s, "x") {
				return tree.Executable
			}
		}
		return old
	case strings.Contains(s, "-x"):
		if who, _, _ := strings.Cut(s, "-"); who == "" || strings.ContainsAny(who, "ua") {
			return tree.Regular
		}
		return old
	case strings.ContainsAny(s, "=,"):
		if _, rest, _ := strings.Cut(s, "u="); strings.Contains(s, "u=") {
			if first, _, _ := strings.Cut(rest, ","); strings.Contains(first, "x") {
				return tree.Executable
			}
			return tree.Regular
		}
		return 0
	}
	return old
}

// chmod changes modes; of these git keeps whether a file may be executed.
func (m *machine) chmod(c *call) status {
	args := c.args
	deep := false
	for len(args) > 0 && (args[0].s == "-R" || args[0].s == "-v" || args[0].s == "-f" || args[0].s == "-Rv") {
		deep = deep || strings.Contains(args[0].s, "R")
		args = args[1:]
	}
	if len(args) < 2 || !args[0].known() {
		return m.undecided(c.spot, "not expressible: the mode is not known")
	}
	files, order := map[place]*file{}, []place{}
	result := succeeded
	for _, w := range args[1:] {
		p, known := m.place(w.s, false)
		if !known || w.why != "" && !startsMarked(w.s) {
			result = m.unclear(c.spot, w.doubt())
			continue
		}
		list := []place{p}
		if deep {
			list = m.world.files(p)
		} else if m.world.read(p) == nil {
			if p.disk == inTree && !m.world.isFolder(p) {
				result = m.gone(c.spot, p)
			}
			continue
		}
		for _, one := range list {
			f := m.world.read(one)
			mode := modeFrom(args[0].s, f.mode)
			if mode == 0 {
				return m.undecided(c.spot, "not expressible: the import does not follow the mode %s", args[0].s)
			}
			if f.mode != mode && f.mode.IsRegular() {
				next := *f
				next.mode = mode
				files[one] = &next
				order = append(order, one)
			}
		}
	}
	m.put(c.spot, &effect{kind: patched}, files, order)
	return result
}

// modeOf is the mode that a file has, or gets when it is made.
func (m *machine) modeOf(p place) tree.Mode {
	if f := m.world.read(p); f != nil && f.mode != 0 {
		return f.mode
	}
	return tree.Regular
}
