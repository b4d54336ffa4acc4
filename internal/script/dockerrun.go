package script

import (
	"path"
	"regexp"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// run follows RUN: its text in the stage's shell, or the one program that a list names.
func (d *docker) run(st *stage, c *instructions.RunCommand, at spot) error {
	m := d.m
	for _, mount := range instructions.GetMounts(c) {
		if mount.Type == instructions.MountTypeBind {
			m.world.mounts = append(m.world.mounts, bound{path.Join(m.cwd, mount.Target), mount.Source, mount.From})
			if path.IsAbs(mount.Target) {
				m.world.mounts[len(m.world.mounts)-1].target = path.Clean(mount.Target)
			}
		}
	}
	sub := m.clone()
	sub.bash = strings.Contains(st.shell, "bash")
	sub.errexit = strings.Contains(" "+st.shell+" ", " -e") || strings.Contains(st.shell, "-euo") ||
		strings.Contains(st.shell, "-eo")
	defer func() {
		m.world = sub.world
		m.world.mounts = nil
	}()
	if !c.PrependShell && len(c.CmdLine) > 0 {
		var args []word
		for _, a := range c.CmdLine {
			args = append(args, word{s: a})
		}
		sub.dispatchArgs(&call{spot: at}, args)
		return nil
	}
	text, shift := d.text(c, at)
	// the whole command is a here-document
	if len(c.Files) > 0 && strings.HasPrefix(strings.TrimSpace(c.CmdLine[0]), "<<") {
		text, shift = c.Files[0].Data, at.line
		if first, _, _ := strings.Cut(text, "\n"); strings.HasPrefix(first, "#!") {
			if !strings.Contains(first, "sh") {
				m.undecided(at, "not expressible: it runs a program of %s", strings.TrimPrefix(first, "#!"))
				return nil
			}
			sub.bash = strings.Contains(first, "bash")
			sub.shebang([]byte(text))
		}
	}
	f, err := m.parse(m.src.File, []byte(text), shift)
	if err != nil {
		return err
	}
	sub.shift = shift
	sub.log.comments(f, shift)
	sub.text = text
	sub.depth++
	sub.log.top = at.line
	sub.release(sub.log.group(at.line))
	sub.stmts(f.Stmts)
	m.heldLine, m.heldNote, m.heldWhy = sub.heldLine, sub.heldNote, sub.heldWhy
	return nil
}

var (
	runHead   = regexp.MustCompile(`(?i)^(\s*RUN\s+)((?:--[a-z]+=\S+\s+)*)`)
	continued = regexp.MustCompile(`\\[ \t]*$`)
)

// text is a RUN's command as its author wrote it, so that lines can be named; where BuildKit's parser reads
// another text, as that reads it.
func (d *docker) text(c *instructions.RunCommand, at spot) (string, int) {
	given := strings.Join(c.CmdLine, " ")
	for _, f := range c.Files {
		given += "\n" + f.Data + f.Name
	}
	if d.escape != '\\' || len(c.Files) > 0 {
		return given, at.line - 1
	}
	lines := strings.Split(at.text, "\n")
	head := runHead.FindString(lines[0])
	for head != "" && strings.TrimSpace(lines[0][len(head):]) == `\` &&
		strings.HasPrefix(strings.TrimSpace(lines[min(1, len(lines)-1)]), "--") {
		return given, at.line - 1 // flags on lines of their own
	}
	if head == "" {
		return given, at.line - 1
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
		return given, at.line - 1
	}
	text := strings.Join(lines, "\n")
	if squeeze(strings.ReplaceAll(text, "\\\n", "")) != squeeze(given) {
		return given, at.line - 1
	}
	return text, at.line - 1
}

func squeeze(s string) string { return strings.TrimSpace(s) }
