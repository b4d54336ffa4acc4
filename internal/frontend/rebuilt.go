package frontend

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	words "github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/howdah/howdah/internal/fault"
)

// Stage is the effect of changed inputs on one stage of a Dockerfile.
type Stage struct {
	Name    string
	Rebuilt bool
	Line    int    // of the first step that is built again; 0: none
	Step    string // that step, one line
	Because string // "file Gemfile.lock", "argument PACKAGES", "stage gems", "base ruby:3.4-slim-bookworm"
}

// Changed is what differs between two builds of one Dockerfile.
type Changed struct {
	Files  []string // paths of the context
	Ignore []byte   // the context's .dockerignore
	Args   []string // names
	Bases  []string // names, as the Dockerfile's FROM expands
}

// Rebuilt returns, for each stage that the last one needs, the first step that BuildKit builds again. A step after that
// can still come from the cache, if the steps before it make the same files as before.
func (f Dockerfile) Rebuilt(args map[string]string, c Changed) ([]Stage, error) {
	d, err := f.Parse()
	if err != nil {
		return nil, err
	}
	stages, global, err := instructions.Parse(d.AST, nil)
	if err != nil || len(stages) == 0 {
		return nil, fault.New(fault.Usage, "reading the Dockerfile: %w", err).At(f.Name, 0)
	}
	r := rebuilt{file: f, stages: stages, changed: c, done: map[int]*Stage{}, env: global}
	if r.args = args; f.Ignore != nil {
		r.changed.Ignore = f.Ignore
	}
	if err := r.filter(); err != nil {
		return nil, fault.New(fault.Usage, "reading .dockerignore: %w", err)
	}
	r.stage(len(stages) - 1)
	var out []Stage
	for i := range stages {
		if s := r.done[i]; s != nil {
			out = append(out, *s)
		}
	}
	return out, nil
}

// rebuilt is the work of Rebuilt.
type rebuilt struct {
	file    Dockerfile
	stages  []instructions.Stage
	env     []instructions.ArgCommand // above the first FROM
	args    map[string]string
	changed Changed
	done    map[int]*Stage
}

// filter leaves out the files that the context does not have.
func (r *rebuilt) filter() error {
	if len(r.changed.Ignore) == 0 {
		return nil
	}
	patterns, err := ignorefile.ReadAll(strings.NewReader(string(r.changed.Ignore)))
	if err != nil {
		return err
	}
	m, err := patternmatcher.New(patterns)
	if err != nil {
		return err
	}
	var kept []string
	for _, name := range r.changed.Files {
		ignored, err := m.MatchesOrParentMatches(name)
		if err != nil {
			return err
		}
		if !ignored {
			kept = append(kept, name)
		}
	}
	r.changed.Files = kept
	return nil
}

// stage judges a stage once.
func (r *rebuilt) stage(i int) *Stage {
	if s := r.done[i]; s != nil {
		return s
	}
	at := r.stages[i]
	s := &Stage{Name: at.Name}
	if r.done[i] = s; s.Name == "" {
		s.Name = "the last stage"
	}
	mark := func(line int, because string) {
		if !s.Rebuilt && because != "" {
			step := strings.TrimSpace(strings.TrimSuffix(r.file.line(line), "\\"))
			s.Rebuilt, s.Line, s.Step, s.Because = true, line, step, because
		}
	}
	mark(at.Location[0].Start.Line, r.from(r.expand(at.BaseName), i))
	declared := ""
	for _, c := range at.Commands {
		because := ""
		switch c := c.(type) {
		case *instructions.ArgCommand:
			for _, a := range c.Args {
				if slices.Contains(r.changed.Args, a.Key) {
					declared = "argument " + a.Key
				}
			}
		case *instructions.CopyCommand:
			if because = r.from(c.From, i); c.From == "" {
				because = r.copied(c.SourcePaths)
			}
		case *instructions.AddCommand:
			because = r.copied(c.SourcePaths)
		case *instructions.RunCommand:
			because = r.mounted(c, i)
			if because == "" {
				because = declared
			}
		}
		mark(c.Location()[0].Start.Line, because)
	}
	return s
}

// from returns why what a stage takes from another stage or image is new; "" if it is not.
func (r *rebuilt) from(name string, below int) string {
	if name == "" || name == "scratch" {
		return ""
	}
	for i := below - 1; i >= 0; i-- {
		if strings.EqualFold(r.stages[i].Name, name) {
			if r.stage(i).Rebuilt {
				return "stage " + r.stages[i].Name
			}
			return ""
		}
	}
	if slices.Contains(r.changed.Bases, name) {
		return "base " + name
	}
	return ""
}

// mounted returns why a mount of a step is new; "" if none is.
func (r *rebuilt) mounted(c *instructions.RunCommand, i int) string {
	if c.Expand(func(word string) (string, error) { return r.expand(word), nil }) != nil {
		return ""
	}
	for _, m := range instructions.GetMounts(c) {
		because := r.from(m.From, i)
		if m.From == "" && m.Type == instructions.MountTypeBind {
			because = r.copied([]string{m.Source})
		}
		if because != "" {
			return because
		}
	}
	return ""
}

// copied returns the first changed file that one of the sources copies; "" if there is none.
func (r *rebuilt) copied(sources []string) string {
	for _, source := range sources {
		source = strings.TrimPrefix(path.Clean("/"+source), "/")
		depth := strings.Count(source, "/") + 1
		for _, name := range r.changed.Files {
			parts := strings.Split(name, "/")
			head := strings.Join(parts[:min(depth, len(parts))], "/")
			if ok, _ := path.Match(source, head); ok || source == "" {
				return "file " + name
			}
		}
	}
	return ""
}

// expand puts the arguments above the first FROM into a word.
func (r *rebuilt) expand(word string) string {
	var env []string
	lex := words.NewLex('\\')
	for _, c := range r.env {
		for _, a := range c.Args {
			value, given := r.args[a.Key]
			if !given && a.Value != nil {
				value, _, _ = lex.ProcessWord(*a.Value, words.EnvsFromSlice(env))
			}
			env = append(env, a.Key+"="+value)
		}
	}
	out, _, err := lex.ProcessWord(word, words.EnvsFromSlice(env))
	if err != nil {
		return word
	}
	return out
}
