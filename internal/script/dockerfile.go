package script

import (
	"bytes"
	"errors"
	"maps"
	"path"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"mvdan.cc/sh/v3/expand"

	"github.com/howdah/howdah/internal/fault"
)

// stage is one stage of a Dockerfile after it was followed.
type stage struct {
	name  string
	env   map[string]bool // that ENV has set
	vars  map[string]expand.Variable
	doubt map[string]string
	cwd   string
	shell string
	world *world
}

// dockerfile follows a Dockerfile. The tree that its last stage leaves is the result; what a stage changes that nothing
// is built on or copied from does not count.
func (m *machine) dockerfile() error {
	ast, err := parser.Parse(bytes.NewReader(m.src.Data))
	if err != nil {
		return dockerError(m.src.File, err)
	}
	if n := len(ast.AST.Children); n > maxInstructions {
		return fault.New(fault.Usage, "a Dockerfile has at most %d instructions, this one has %d", maxInstructions, n).
			At(m.src.File, 0)
	}
	stages, args, err := instructions.Parse(ast.AST, nil)
	if err != nil {
		return dockerError(m.src.File, err)
	}
	d := &docker{m: m, escape: ast.EscapeToken, lines: strings.Split(string(m.src.Data), "\n"), args: map[string]string{}}
	d.notes()
	m.docker = true
	for _, a := range args {
		for _, kv := range a.Args {
			if kv.Value != nil {
				d.args[kv.Key] = *kv.Value
			}
		}
		d.harmless(a.Location())
	}
	for i := range stages {
		if err := d.stage(&stages[i]); err != nil {
			return err
		}
	}
	last := d.done[len(d.done)-1]
	m.world.over = last.world.over
	m.log.effects = d.kept(last)
	m.again = d.keptSteps()
	return nil
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
	m      *machine
	escape rune
	lines  []string
	args   map[string]string // those before the first FROM
	done   []*stage
	from   [][2]int // effects of a stage: from, to
	bases  map[int][]int
	steps  []dockerStep
}

// notes keeps the comments above instructions.
func (d *docker) notes() {
	var text []string
	within := false // an instruction that goes on, whose comments are its own
	for i, line := range d.lines {
		trimmed := strings.TrimSpace(line)
		if within && (trimmed == "" || trimmed[0] == '#') {
			continue
		}
		if c, isComment := strings.CutPrefix(trimmed, "#"); isComment {
			if c = strings.TrimSpace(c); !strings.HasPrefix(c, "syntax=") && !strings.HasPrefix(c, "escape=") &&
				!strings.HasPrefix(c, "check=") {
				text = append(text, strings.TrimLeft(c, "# "))
			}
			continue
		}
		if t := strings.TrimSpace(strings.Join(text, " ")); t != "" && trimmed != "" {
			d.m.log.notes = append(d.m.log.notes, note{i, t})
		}
		text, within = nil, strings.HasSuffix(trimmed, string(d.escape))
	}
}

// at is where an instruction stands.
func (d *docker) at(loc []parser.Range) spot {
	if len(loc) == 0 {
		return spot{}
	}
	from, to := loc[0].Start.Line, loc[len(loc)-1].End.Line
	return spot{from, strings.Join(d.lines[from-1:min(to, len(d.lines))], "\n")}
}

func (d *docker) harmless(loc []parser.Range) { d.m.harmless(d.at(loc)) }

// stage follows one stage.
func (d *docker) stage(s *instructions.Stage) error {
	m := d.m
	outer := m.vars
	m.vars, m.doubts = map[string]expand.Variable{}, map[string]string{}
	m.flow, m.heldLine, m.errexit, m.bash, m.params = onward, 0, false, false, []string{}
	number := len(d.done)
	st := &stage{name: s.Name}
	baseName := d.expandArgs(s.BaseName)
	if from := d.find(baseName); from >= 0 {
		old := d.done[from]
		d.uses(number, from)
		m.world = old.world.clone()
		maps.Copy(m.vars, old.vars)
		maps.Copy(m.doubts, old.doubt)
		m.cwd, st.shell, st.env = old.cwd, old.shell, maps.Clone(old.env)
	} else {
		m.world = m.world.clone()
		m.world.over = map[place]*file{}
		m.cwd = "/opt/mastodon" // the folder that Mastodon's own images begin in
		if !strings.Contains(baseName, "mastodon") && !strings.Contains(baseName, "glitch") {
			m.cwd = "/"
		} else if !m.world.settled {
			m.world.note(m.cwd, weak)
		}
	}
	_ = outer
	d.harmless(s.Location)
	begin := len(m.log.effects)
	for _, c := range s.Commands {
		if err := d.command(st, c); err != nil {
			return err
		}
	}
	d.from = append(d.from, [2]int{begin, len(m.log.effects)})
	st.vars, st.doubt, st.cwd, st.world = m.vars, m.doubts, m.cwd, m.world
	d.done = append(d.done, st)
	return nil
}

// uses notes that a stage is made of another.
func (d *docker) uses(number, from int) {
	if d.bases == nil {
		d.bases = map[int][]int{}
	}
	d.bases[number] = append(d.bases[number], from)
}

// kept are the effects of the last stage and those that it is made of.
func (d *docker) kept(*stage) []*effect {
	keep := d.counted()
	var out []*effect
	for n, span := range d.from {
		for _, e := range d.m.log.effects[span[0]:span[1]] {
			if keep[n] {
				out = append(out, e)
			} else {
				d.m.undecided(spot{e.line, e.text}, "not expressible: it is in a stage that the last stage is not built from")
			}
		}
	}
	return out
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

// expandArgs puts the arguments before the first FROM into a name.
func (d *docker) expandArgs(s string) string {
	var env []string
	for k, v := range d.args {
		env = append(env, k+"="+v)
	}
	out, _, err := shell.NewLex(d.escape).ProcessWord(s, shell.EnvsFromSlice(env))
	if err != nil {
		return s
	}
	return out
}

// command follows one instruction.
func (d *docker) command(st *stage, c instructions.Command) error {
	m := d.m
	at := d.at(c.Location())
	if x, expands := c.(instructions.SupportsSingleWordExpansion); expands {
		if err := x.Expand(d.expander); err != nil {
			return fault.New(fault.Usage, "reading the Dockerfile: %w", err).At(m.src.File, at.line)
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
		d.harmless(c.Location())
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
			} else if _, had := m.vars[kv.Key]; !had {
				m.set(kv.Key, expand.Variable{}, kv.Key)
			}
		}
		d.harmless(c.Location())
	case *instructions.WorkdirCommand:
		m.cwd = path.Join(m.cwd, c.Path)
		if path.IsAbs(c.Path) || strings.HasPrefix(c.Path, opened) {
			m.cwd = path.Clean("/" + c.Path)
		}
		m.world.locate(m.cwd, true)
		d.harmless(c.Location())
	case *instructions.ShellCommand:
		st.shell = strings.Join(c.Shell, " ")
		d.harmless(c.Location())
	case *instructions.RunCommand:
		d.ran(st, c, at)
		return d.run(st, c, at)
	case *instructions.CopyCommand:
		defer d.copiedInto(at, len(m.log.effects))
		d.copy(at, copied{SourcesAndDest: c.SourcesAndDest, from: c.From, chmod: c.Chmod, exclude: c.ExcludePatterns,
			parents: c.Parents})
	case *instructions.AddCommand:
		defer d.copiedInto(at, len(m.log.effects))
		d.copy(at, copied{SourcesAndDest: c.SourcesAndDest, chmod: c.Chmod, exclude: c.ExcludePatterns, add: true})
	case *instructions.OnbuildCommand:
		m.undecided(at, "not expressible: ONBUILD runs in another build")
	default:
		d.harmless(c.Location())
	}
	return nil
}

// set gives a variable of the build its value.
func (d *docker) set(name, value string) {
	why := ""
	if isMarked(value) {
		why = word{s: value}.doubt()
	}
	d.m.set(name, expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: value}, why)
}
