package dockerfile

import (
	"path"
	"regexp"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

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
		strings.Contains(st.shell, "-eo")
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
	text, shift := d.text(c, at)
	// the whole command is a here-document
	if len(c.Files) > 0 && strings.HasPrefix(strings.TrimSpace(c.CmdLine[0]), "<<") {
		text, shift = c.Files[0].Data, at.Line
		if first, _, _ := strings.Cut(text, "\n"); strings.HasPrefix(first, "#!") {
			if !strings.Contains(first, "sh") {
				m.Undecided(at, "not expressible: it runs a program of %s", strings.TrimPrefix(first, "#!"))
				return nil
			}
			sub.Bash = strings.Contains(first, "bash")
			sub.Shebang([]byte(text))
		}
	}
	f, err := m.Parse(m.Src.File, []byte(text), shift)
	if err != nil {
		return err
	}
	sub.Shift = shift
	sub.Log.Comments(f, shift)
	sub.Text = text
	sub.Depth++
	sub.Log.Top = at.Line
	sub.Release(sub.Log.Group(at.Line))
	sub.Stmts(f.Stmts)
	m.HeldLine, m.HeldNote, m.HeldWhy = sub.HeldLine, sub.HeldNote, sub.HeldWhy
	return nil
}

var (
	runHead   = regexp.MustCompile(`(?i)^(\s*RUN\s+)((?:--[a-z]+=\S+\s+)*)`)
	continued = regexp.MustCompile(`\\[ \t]*$`)
)

// text is a RUN's command as its author wrote it, so that lines can be named; where BuildKit's parser reads
// another text, as that reads it.
func (d *docker) text(c *instructions.RunCommand, at scriptchanges.Spot) (string, int) {
	given := strings.Join(c.CmdLine, " ")
	for _, f := range c.Files {
		given += "\n" + f.Data + f.Name
	}
	if d.escape != '\\' || len(c.Files) > 0 {
		return given, at.Line - 1
	}
	lines := strings.Split(at.Text, "\n")
	head := runHead.FindString(lines[0])
	for head != "" && strings.TrimSpace(lines[0][len(head):]) == `\` &&
		strings.HasPrefix(strings.TrimSpace(lines[min(1, len(lines)-1)]), "--") {
		return given, at.Line - 1 // flags on lines of their own
	}
	if head == "" {
		return given, at.Line - 1
	}
	lines[0] = strings.Repeat(" ", len(head)) + lines[0][len(head):]
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		switch {
		case i > 0 && (trimmed == "" || strings.HasPrefix(trimmed, "#")):
			lines[i] = `\` // the parser leaves such lines out
		default:
			lines[i] = continued.ReplaceAllString(line, `\`)
		}
	}
	if lines[len(lines)-1] == `\` {
		return given, at.Line - 1
	}
	text := strings.Join(lines, "\n")
	if squeeze(strings.ReplaceAll(text, "\\\n", "")) != squeeze(given) {
		return given, at.Line - 1
	}
	return text, at.Line - 1
}

func squeeze(s string) string { return strings.TrimSpace(s) }
