package shell

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
)

// maxValue is how many bytes a variable holds at most.
const maxValue = 1 << 20

// Word is one argument of a command. With why it is not known; globbed, it was found by a pattern.
type Word struct {
	Text    string
	Why     string
	Globbed bool
}

// Known reports whether an argument is settled by the file alone.
func (w Word) Known() bool { return w.Why == "" && !placeholder.In(w.Text) }

// Doubt is why an argument is not known.
func (w Word) Doubt() string {
	switch {
	case w.Why != "":
		return w.Why
	case placeholder.In(w.Text):
		_, rest, _ := strings.Cut(w.Text, placeholder.Open)
		name, _, _ := strings.Cut(rest, placeholder.Close)
		return strings.ReplaceAll(name, placeholder.Blank, " ")
	}
	return ""
}

// Config is what the expansion of words sees of the machine.
func (m *Machine) Config() *expand.Config {
	cfg := &expand.Config{
		Env:        Environ{m},
		CmdSubst:   m.substitute,
		ReadDir2:   m.ReadDir,
		NullGlob:   m.Options.NullGlob,
		GlobStar:   m.Options.GlobStar,
		DotGlob:    m.Options.DotGlob,
		NoCaseGlob: m.Options.NoCaseGlob,
		ExtGlob:    m.Options.ExtGlob,
		NoUnset:    m.Options.noUnset,
		ProcSubst: func(p *syntax.ProcSubst) (string, error) {
			m.touch("<(…)")
			return placeholder.For("<(…)"), nil
		},
	}
	if m.Options.noGlob {
		cfg.ReadDir2 = nil
	}
	return cfg
}

// expansion runs one expansion and gives why its result is not known.
func (m *Machine) expansion(fn func(*expand.Config) error) string {
	outer := m.touched
	m.touched = nil
	err := fn(m.Config())
	why := strings.Join(m.touched, ", ")
	m.touched = outer
	if err != nil && why == "" {
		var unset expand.UnsetParameterError
		if errors.As(err, &unset) {
			return unset.Message
		}
		return err.Error()
	}
	return why
}

// touch notes why what is expanded is not known.
func (m *Machine) touch(why string) {
	if !slices.Contains(m.touched, why) {
		m.touched = append(m.touched, why)
	}
}

// fields expands the words of a command.
func (m *Machine) fields(words []*syntax.Word) (out []Word) {
	for _, w := range words {
		if parts, split := m.splitWord(w); split {
			for _, s := range parts {
				out = append(out, Word{Text: s})
			}
			continue
		}
		var got []string
		m.pattern = m.raw(w)
		why := m.expansion(func(c *expand.Config) (err error) {
			got, err = extendedFields(c, w)
			return err
		})
		if why == "" && !m.Bash && bash.HasBraces(w) {
			why = "braces, which sh leaves as they are and bash expands"
		}
		globbed := strings.ContainsAny(m.pattern, "*?[") && len(got) > 0 && !strings.ContainsAny(got[0], "*?[")
		if why != "" && len(got) == 0 {
			got = []string{placeholder.For(why)}
		}
		for _, s := range got {
			out = append(out, Word{s, why, globbed})
		}
	}
	return out
}

// splitWord splits the value of an unquoted variable at separators that are no blanks, of which each ends a field: the
// library takes several for one.
func (m *Machine) splitWord(w *syntax.Word) ([]string, bool) {
	ifs := m.Vars["IFS"].String()
	if strings.Trim(ifs, " \t\n") == "" || len(w.Parts) != 1 {
		return nil, false
	}
	p, isParam := w.Parts[0].(*syntax.ParamExp)
	if !isParam || p.Index != nil || p.Param.Value == "@" || p.Param.Value == "*" {
		return nil, false
	}
	value := m.literal(w)
	if !value.Known() || strings.ContainsAny(value.Text, "*?[") {
		return nil, false
	}
	return bash.Fields(value.Text, ifs, -1, true), true
}

// literal expands a word that is not split.
func (m *Machine) literal(w *syntax.Word) Word {
	if w == nil {
		return Word{}
	}
	var s string
	why := m.expansion(func(c *expand.Config) (err error) {
		s, err = expand.Literal(c, w)
		return err
	})
	if why != "" && s == "" {
		s = placeholder.For(why)
	}
	return Word{Text: s, Why: why}
}

// document expands a here-document.
func (m *Machine) document(w *syntax.Word) Stream {
	var s string
	why := m.expansion(func(c *expand.Config) (err error) {
		s, err = expand.Document(c, w)
		return err
	})
	if why == "" && placeholder.In(s) {
		why = Word{Text: s}.Doubt()
	}
	return Stream{Data: []byte(s), Why: why}
}

// substitute runs $(…) and gives what it prints.
func (m *Machine) substitute(w io.Writer, c *syntax.CmdSubst) error {
	sub := m.Clone()
	sub.Out, sub.touched = &Stream{}, nil
	sub.Errexit = m.Errexit && !m.Bash // bash takes set -e back in $(…)
	if m.Depth++; m.Depth > 100 {
		return fmt.Errorf("commands are nested too deep")
	}
	sub.Depth = m.Depth
	if file, reads := bash.OnlyReads(c.Stmts); reads { // $(<file)
		in := sub.Input(sub.literal(file))
		sub.Out.Data, sub.Out.Why = in.Data, in.Why
	}
	sub.Stmts(c.Stmts)
	m.Depth--
	sub.AtExit()
	m.Status, m.ran = sub.Status, true
	if sub.Out.Why != "" {
		m.touch(sub.Out.Why)
		_, err := io.WriteString(w, placeholder.For(sub.Out.Why))
		return err
	}
	_, err := w.Write(sub.Out.Data)
	return err
}
