// Package textcommand follows the calls of text programs in a script: sed, grep, cat, awk and the filters (head,
// sort, …), and find and xargs, which pass what they find to other commands. Only sed is run, by package gnused; the
// others are computed here.
package textcommand

import (
	"strings"

	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// cat prints files, or its input if it has no arguments.
func cat(m *shell.Machine, c *shell.Call) shell.Status {
	for _, a := range c.Args {
		if strings.HasPrefix(a.Text, "-") && a.Text != "-" && a.Text != "-u" {
			return filter(m, c)
		}
	}
	m.Harmless(c.Spot)
	s, code := readArgs(m, c.Args)
	if m.Out == nil {
		return code
	}
	if s.Why != "" {
		m.Out.Why = s.Why
	}
	if m.Out.Name = ""; m.PrintedSoFar() == 0 && len(c.Args) == 1 {
		m.Out.Name = c.Args[0].Text
	}
	m.Print(s.Data)
	return code
}

// readArgs returns the content of the files that the arguments name, or else the input, and how cat would end.
func readArgs(m *shell.Machine, args []shell.Word) (out *shell.Stream, code shell.Status) {
	files := 0
	out, code = &shell.Stream{}, shell.Succeeded
	for _, a := range args {
		if a.Text == "-u" {
			continue
		}
		if a.Text == "-" {
			one := m.ReadInput()
			files++
			out.Why += one.Why
			out.Data = append(out.Data, one.Data...)
			continue
		}
		files++
		p, known := m.Source(a.Text)
		switch {
		case known && m.Out != nil && m.Out.End == p && p.Name != "":
			code = shell.Failed // cat: input file is output file
			continue
		case known && a.Known() && p.Disk == scriptfiles.InTree && m.World.Read(p) == nil:
			if code = shell.Failed; !m.World.IsFolder(p) { // its owner may have it: the exit code is unknown
				code, out.Why = shell.Status{Why: "whether there is " + m.World.Shown(p)}, m.Input(a).Why
			}
			continue
		}
		one := m.Input(a)
		if one.Why != "" {
			out.Why = one.Why
		}
		out.Data = append(out.Data, one.Data...)
	}
	if files == 0 {
		return m.ReadInput(), code
	}
	return out, code
}
