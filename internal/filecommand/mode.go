package filecommand

import (
	"strings"

	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// ModeFrom returns the mode that chmod's first argument sets; 0 if it cannot be known.
func ModeFrom(s string, old tree.Mode) tree.Mode {
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
func chmod(m *shell.Machine, c *shell.Call) shell.Status {
	args := c.Args
	deep := false
	for len(args) > 0 && (args[0].Text == "-R" || args[0].Text == "-v" || args[0].Text == "-f" || args[0].Text == "-Rv") {
		deep = deep || strings.Contains(args[0].Text, "R")
		args = args[1:]
	}
	if len(args) < 2 || !args[0].Known() {
		return m.Undecided(c.Spot, "not expressible: the mode is not known")
	}
	files, order := map[scriptfiles.Place]*scriptfiles.File{}, []scriptfiles.Place{}
	result := shell.Succeeded
	for _, w := range args[1:] {
		p, known := m.Place(w.Text, false)
		if !known || w.Why != "" && !placeholder.Begins(w.Text) {
			result = m.Unclear(c.Spot, w.Doubt())
			continue
		}
		list := []scriptfiles.Place{p}
		if deep {
			list = m.World.Files(p)
		} else if m.World.Read(p) == nil {
			if p.Disk == scriptfiles.InTree && !m.World.IsFolder(p) {
				result = m.Gone(c.Spot, p)
			}
			continue
		}
		for _, one := range list {
			f := m.World.Read(one)
			mode := ModeFrom(args[0].Text, f.Mode)
			if mode == 0 {
				return m.Undecided(c.Spot, "not expressible: the import does not follow the mode %s", args[0].Text)
			}
			if f.Mode != mode && f.Mode.IsRegular() {
				next := *f
				next.Mode = mode
				files[one] = &next
				order = append(order, one)
			}
		}
	}
	m.Put(c.Spot, &scriptchanges.Effect{Kind: scriptchanges.Patched}, files, order)
	return result
}
