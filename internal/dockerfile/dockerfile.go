// Package dockerfile follows a Dockerfile, which BuildKit's own parser reads: its stages, variables, copies and RUN
// commands over the files of a shell's machine. It also writes the script that repeats its steps in a sandbox.
package dockerfile

import (
	"bytes"
	"errors"
	"maps"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"mvdan.cc/sh/v3/expand"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/filecommand"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// stage is one stage of a Dockerfile after it was followed.
type stage struct {
	name  string
	env   map[string]bool // that ENV has set
	vars  map[string]expand.Variable
	doubt map[string]string
	cwd   string
	shell string
	image string // that it, or the stage that it is built on, begins with
	world *scriptfiles.World
}

// Follow follows a Dockerfile. The tree that its last stage leaves is the result; what a stage changes that nothing
// is built on or copied from does not count.
func Follow(m *shell.Machine) ([]Step, error) {
	ast, err := parser.Parse(bytes.NewReader(m.Src.Data))
	if err != nil {
		return nil, dockerError(m.Src.File, err)
	}
	if n := len(ast.AST.Children); n > maxInstructions {
		return nil, fault.New(fault.Usage, "a Dockerfile has at most %d instructions, this one has %d", maxInstructions, n).
			At(m.Src.File, 0)
	}
	stages, args, err := instructions.Parse(ast.AST, nil)
	if err != nil {
		return nil, dockerError(m.Src.File, err)
	}
	d := &docker{m: m, escape: ast.EscapeToken, continues: continuation(ast.EscapeToken), args: map[string]string{}}
	d.read(m.Src.Data)
	d.notes()
	m.Docker = true
	for _, a := range args {
		for _, kv := range a.Args {
			if kv.Value != nil {
				d.args[kv.Key] = d.expandArgs(*kv.Value)
			}
		}
		d.harmless(a.Location())
	}
	image := d.ofImage(stages)
	for i := range stages {
		m.Image = image[i]
		if err := d.stage(&stages[i]); err != nil {
			return nil, err
		}
	}
	last := d.done[len(d.done)-1]
	m.World.Over = last.world.Over
	m.Log.Effects = d.kept()
	return d.keptSteps(), nil
}

// dockerError is what BuildKit's parser says, with its line.
func dockerError(file string, err error) error {
	line := 0
	var at *parser.LocationError
	if errors.As(err, &at) && len(at.Locations) > 0 && len(at.Locations[0]) > 0 {
		line = at.Locations[0][0].Start.Line
	}
	return fault.New(fault.Usage, "reading the Dockerfile: %w", err).At(file, line)
}

// docker is the state between a Dockerfile's instructions.
type docker struct {
	m         *shell.Machine
	escape    rune
	continues *regexp.Regexp // the end of a line that goes on
	lines     []string
	starts    []int             // where they begin in the file
	args      map[string]string // those before the first FROM
	done      []*stage
	image     string   // that the stage begins with
	from      [][2]int // effects of a stage: from, to
	taken     map[use]*taking
	steps     []Step
}

func (d *docker) harmless(loc []parser.Range) { d.m.Harmless(d.at(loc)) }

// shellOfMastodon is the SHELL of upstream's Dockerfile, which its images and those of its forks hand on. Older ones
// have no errexit, so none is taken for granted. The images of linuxserver.io have a Dockerfile of their own.
const shellOfMastodon = "/bin/bash -o pipefail -c"

// stage follows one stage.
func (d *docker) stage(s *instructions.Stage) error {
	m := d.m
	m.Vars, m.Doubts = map[string]expand.Variable{}, map[string]string{}
	m.Flow, m.HeldLine, m.Errexit, m.Bash, m.Params = shell.Onward, 0, false, false, []string{}
	number := len(d.done)
	st := &stage{name: s.Name}
	baseName := d.expandArgs(s.BaseName)
	from := d.find(baseName)
	if from >= 0 {
		old := d.done[from]
		d.uses(use{number, from}).all = true
		m.World = old.world.Clone()
		maps.Copy(m.Vars, old.vars)
		maps.Copy(m.Doubts, old.doubt)
		m.Cwd, st.shell, st.env, st.image = old.cwd, old.shell, maps.Clone(old.env), old.image
	} else {
		m.World = m.World.Clone()
		m.World.Over = map[scriptfiles.Place]*scriptfiles.File{}
		m.World.Loose = true
		m.World.Enter(number)
		st.image = baseName
		if m.Cwd = "/"; filecommand.IsMastodon(baseName) {
			folder := "/opt/mastodon"
			if strings.Contains(baseName, "linuxserver") {
				folder = "/app/www"
			} else {
				m.Cwd, st.shell = folder, shellOfMastodon // the folder that Mastodon's own images begin in
			}
			if !m.World.Settled {
				m.World.Note(folder, scriptfiles.Strong)
			}
		}
	}
	if from >= 0 || !filecommand.ForkedImage(m, d.at(s.Location), "begins with", baseName) {
		d.harmless(s.Location)
	}
	d.image = st.image
	begin := len(m.Log.Effects)
	for _, c := range s.Commands {
		if *m.Steps > shell.MaxSteps {
			break // Broken says so
		}
		if err := d.command(st, c); err != nil {
			return err
		}
	}
	d.from = append(d.from, [2]int{begin, len(m.Log.Effects)})
	st.vars, st.doubt, st.cwd, st.world = m.Vars, m.Doubts, m.Cwd, m.World
	d.done = append(d.done, st)
	return nil
}

// find is the number of a stage by its name or number; -1 where it is an image.
func (d *docker) find(name string) int {
	for i, s := range d.done {
		if s.name != "" && strings.EqualFold(s.name, name) {
			return i
		}
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 0 && n < len(d.done) {
		return n
	}
	return -1
}

// command follows one instruction.
func (d *docker) command(st *stage, c instructions.Command) error {
	m := d.m
	at := d.at(c.Location())
	if x, expands := c.(instructions.SupportsSingleWordExpansion); expands {
		if err := x.Expand(d.expander); err != nil {
			return fault.New(fault.Usage, "reading the Dockerfile: %w", err).At(m.Src.File, at.Line)
		}
	}
	if x, expands := c.(instructions.SupportsSingleWordExpansionRaw); expands {
		if err := x.ExpandRaw(d.contentExpander); err != nil {
			return fault.New(fault.Usage, "reading the Dockerfile: %w", err).At(m.Src.File, at.Line)
		}
	}
	switch c := c.(type) {
	case *instructions.EnvCommand:
		for _, kv := range c.Env {
			if st.env == nil {
				st.env = map[string]bool{}
			}
			st.env[kv.Key] = true
			d.set(kv.Key, kv.Value)
		}
		m.Log.Nothing(at, m.Image)
	case *instructions.ArgCommand:
		for _, kv := range c.Args {
			value, isSet := d.args[kv.Key]
			if kv.Value != nil {
				value, isSet = *kv.Value, true
			}
			if st.env[kv.Key] {
				continue // ENV wins, wherever it stands
			}
			if isSet {
				d.set(kv.Key, value)
			} else if _, had := m.Vars[kv.Key]; !had {
				m.Set(kv.Key, expand.Variable{}, kv.Key)
			}
		}
		d.harmless(c.Location())
	case *instructions.WorkdirCommand:
		m.Cwd = path.Join(m.Cwd, c.Path)
		if path.IsAbs(c.Path) || strings.HasPrefix(c.Path, placeholder.Open) {
			m.Cwd = path.Clean("/" + c.Path)
		}
		m.World.Locate(m.Cwd, true)
		d.harmless(c.Location())
	case *instructions.ShellCommand:
		st.shell = strings.Join(c.Shell, " ")
		d.harmless(c.Location())
	case *instructions.RunCommand:
		d.ran(st, c, at)
		return d.run(st, c, at)
	case *instructions.CopyCommand:
		defer d.copiedInto(at, len(m.Log.Effects))
		d.copy(at, copied{SourcesAndDest: c.SourcesAndDest, from: c.From, chmod: c.Chmod, exclude: c.ExcludePatterns,
			parents: c.Parents})
	case *instructions.AddCommand:
		defer d.copiedInto(at, len(m.Log.Effects))
		d.copy(at, copied{SourcesAndDest: c.SourcesAndDest, chmod: c.Chmod, exclude: c.ExcludePatterns, add: true})
	case *instructions.OnbuildCommand:
		m.Undecided(at, "not expressible: ONBUILD runs in another build")
	default: // CMD, ENTRYPOINT, EXPOSE, HEALTHCHECK, LABEL, MAINTAINER, STOPSIGNAL, USER and VOLUME
		m.Log.Nothing(at, m.Image)
	}
	return nil
}

// set gives a variable of the build its value.
func (d *docker) set(name, value string) {
	why := ""
	if placeholder.In(value) {
		why = shell.Word{Text: value}.Doubt()
	}
	d.m.Set(name, expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: value}, why)
}

// maxInstructions is how many instructions a Dockerfile has at most.
const maxInstructions = 1_000
