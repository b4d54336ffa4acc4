package dockerfile

import (
	"path"
	"strings"
	"unicode"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// run follows RUN: its text in the stage's shell, or the one program that a list names.
func (d *docker) run(st *stage, c *instructions.RunCommand, at scriptchanges.Spot) error {
	m := d.m
	for _, mount := range instructions.GetMounts(c) {
		if mount.Type == instructions.MountTypeBind {
			m.World.Mounts = append(m.World.Mounts, scriptfiles.Mount{Target: path.Join(m.Cwd, mount.Target),
				Source: mount.Source, From: mount.From})
			if path.IsAbs(mount.Target) {
				m.World.Mounts[len(m.World.Mounts)-1].Target = path.Clean(mount.Target)
			}
		}
	}
	sub := m.Clone()
	sub.Bash = strings.Contains(st.shell, "bash")
	sub.Errexit = strings.Contains(" "+st.shell+" ", " -e") || strings.Contains(st.shell, "-euo") ||
		strings.Contains(st.shell, "-eo") || strings.Contains(st.shell, "-o errexit")
	defer func() {
		m.World = sub.World
		m.World.Mounts = nil
	}()
	if !c.PrependShell && len(c.CmdLine) > 0 {
		var args []shell.Word
		for _, a := range c.CmdLine {
			args = append(args, shell.Word{Text: a})
		}
		sub.DispatchArgs(&shell.Call{Spot: at}, args)
		return nil
	}
	text, from := d.text(c, at)
	// the whole command is a here-document
	if len(c.Files) > 0 && strings.HasPrefix(strings.TrimSpace(c.CmdLine[0]), "<<") {
		text, from = c.Files[0].Data, bash.Origin{Shift: d.logicalAt(at.Line).last}
		program, isShell := bash.Interpreter(text)
		if !isShell {
			m.Undecided(at, "not expressible: it runs a program of %s", program)
			return nil
		}
		if program != "" {
			sub.Bash, sub.Errexit = bash.Shebang([]byte(text))
		}
	}
	f, err := m.Parse(m.Src.File, []byte(text), from)
	if err != nil {
		return err
	}
	sub.Origin = from
	sub.Log.Comments(f, from.Line)
	sub.Text = text
	sub.Depth++
	sub.Log.Top = at.Line
	sub.Release(sub.Log.Group(at.Line))
	sub.Stmts(f.Stmts)
	m.HeldLine, m.HeldNote, m.HeldWhy = sub.HeldLine, sub.HeldNote, sub.HeldWhy
	return nil
}

// text is a RUN's command as BuildKit's parser reads it, and where its parts stand in the file.
func (d *docker) text(c *instructions.RunCommand, at scriptchanges.Spot) (string, bash.Origin) {
	text := strings.Join(c.CmdLine, " ")
	line := d.logicalAt(at.Line)
	begin := len(strings.TrimRightFunc(line.text, unicode.IsSpace)) - len(strings.TrimRightFunc(text, unicode.IsSpace))
	from := bash.Origin{Shift: at.Line - 1} // where it is not in the file as it is read
	if begin >= 0 && strings.HasPrefix(line.text[begin:], strings.TrimRightFunc(text, unicode.IsSpace)) {
		from = bash.Origin{Source: string(d.m.Src.Data), Cuts: line.parts}.Within(line.text, begin)
	}
	number := line.last
	for _, f := range c.Files {
		for one := range strings.Lines("\n" + f.Data + f.Name) {
			if number > line.last && from.Source != "" {
				from.Cuts = append(from.Cuts, bash.Cut{Offset: len(text), From: d.starts[number-1], Line: number})
			}
			text += one
			number++
		}
	}
	return text, from
}
