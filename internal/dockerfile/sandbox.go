package dockerfile

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/tree"
)

// Step is an instruction of a Dockerfile as its sandbox does it again: a command, or files of the tree that COPY
// and ADD put there.
type Step struct {
	stage int
	line  int
	cwd   string
	shell string
	env   map[string]string
	text  string
	files map[string]tree.File
}

// ran keeps a RUN for the sandbox.
func (d *docker) ran(st *stage, c *instructions.RunCommand, at scriptchanges.Spot) {
	s := Step{stage: len(d.done), line: at.Line, cwd: d.m.Cwd, shell: st.shell, env: map[string]string{}}
	for name, v := range d.m.Vars {
		if v.Set && d.m.Doubts[name] == "" && syntax.ValidName(name) {
			s.env[name] = v.Str
		}
	}
	switch {
	case len(c.Files) > 0 && strings.HasPrefix(strings.TrimSpace(c.CmdLine[0]), "<<"):
		s.text = c.Files[0].Data
	case c.PrependShell:
		s.text = strings.Join(c.CmdLine, " ")
		for _, f := range c.Files {
			s.text += "\n" + f.Data + f.Name
		}
	default:
		for _, arg := range c.CmdLine {
			s.text += fault.Quoted(arg) + " "
		}
	}
	d.steps = append(d.steps, s)
}

// copiedInto keeps for the sandbox what COPY and ADD put into the tree; effects are those before it.
func (d *docker) copiedInto(at scriptchanges.Spot, effects int) {
	s := Step{stage: len(d.done), line: at.Line, files: map[string]tree.File{}}
	for _, e := range d.m.Log.Effects[effects:] {
		for _, w := range e.Files {
			if w.After != nil {
				s.files[w.Name] = tree.File{Mode: w.After.Mode, Data: w.After.Data}
			}
		}
	}
	if len(s.files) > 0 {
		d.steps = append(d.steps, s)
	}
}

// counted are the numbers of the last stage and of those that it is made of.
func (d *docker) counted() map[int]bool {
	keep := map[int]bool{}
	var visit func(int)
	visit = func(n int) {
		if !keep[n] {
			keep[n] = true
			for u := range d.taken {
				if u.by == n {
					visit(u.of)
				}
			}
		}
	}
	visit(len(d.done) - 1)
	return keep
}

// keptSteps are the steps of the last stage and of those that it is made of.
func (d *docker) keptSteps() (out []Step) {
	keep := d.counted()
	for _, s := range d.steps {
		if keep[s.stage] {
			out = append(out, s)
		}
	}
	return out
}

// standIns are the programs that bring packages, or build what an image holds: none changes a source, and all want a
// network.
var standIns = strings.Fields("apt apt-get apk dpkg yarn npm npx corepack bundle gem pip pip3 curl wget rails rake " +
	"chown")

// SandboxScript is a script that does a Dockerfile's steps over the tree at root, and puts the files that it needs
// beside it, in folder.
// A command that fails is passed over: it may want what an image has and the sandbox has not.
func SandboxScript(steps []Step, folder, root string, beside map[string]tree.File) []byte {
	const files = ".howdah-files"
	var b strings.Builder
	fmt.Fprintf(&b, "mkdir -p /howdah-stand-ins\nfor p in %s; do\n", strings.Join(standIns, " "))
	b.WriteString("  printf '#!/bin/sh\\nexit 0\\n' > /howdah-stand-ins/$p; chmod +x /howdah-stand-ins/$p\ndone\n")
	b.WriteString("PATH=/howdah-stand-ins:$PATH\n")
	for n, s := range steps {
		for name, f := range s.files {
			beside[path.Join(files, fmt.Sprint(n), name)] = f
		}
		if len(s.files) > 0 {
			fmt.Fprintf(&b, "cp -a %s/%s/%d/. %s/\n", folder, files, n, fault.Quoted(root))
			continue
		}
		b.WriteString("(\n")
		for _, name := range slices.Sorted(maps.Keys(s.env)) {
			fmt.Fprintf(&b, "export %s=%s\n", name, fault.Quoted(s.env[name]))
		}
		fmt.Fprintf(&b, "mkdir -p %[1]s; cd %[1]s\n", fault.Quoted(s.cwd))
		shell := "sh -c"
		if s.shell != "" {
			shell = s.shell
		}
		fmt.Fprintf(&b, "%s %s\n) || echo \"line %d ended with exit code $?\"\n", shell, fault.Quoted(s.text), s.line)
	}
	return []byte(b.String())
}
