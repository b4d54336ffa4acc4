package script

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// maxValue is how many bytes a variable holds at most.
const maxValue = 1 << 20

// word is one argument of a command. With why it is not known; globbed, it was found by a pattern.
type word struct {
	s       string
	why     string
	globbed bool
}

// known says that an argument is settled by the file alone.
func (w word) known() bool { return w.why == "" && !isMarked(w.s) }

// doubt is why an argument is not known.
func (w word) doubt() string {
	switch {
	case w.why != "":
		return w.why
	case isMarked(w.s):
		_, rest, _ := strings.Cut(w.s, opened)
		name, _, _ := strings.Cut(rest, closed)
		return strings.ReplaceAll(name, blank, " ")
	}
	return ""
}

// config is what the expansion of words sees of the machine.
func (m *machine) config() *expand.Config {
	cfg := &expand.Config{
		Env:        environ{m},
		CmdSubst:   m.substitute,
		ReadDir2:   m.readDir,
		NullGlob:   m.options.nullGlob,
		GlobStar:   m.options.globStar,
		DotGlob:    m.options.dotGlob,
		NoCaseGlob: m.options.noCaseGlob,
		ExtGlob:    m.options.extGlob,
		NoUnset:    m.options.noUnset,
		ProcSubst: func(p *syntax.ProcSubst) (string, error) {
			m.touched = append(m.touched, "<(…)")
			return unknown("<(…)"), nil
		},
	}
	if m.options.noGlob {
		cfg.ReadDir2 = nil
	}
	return cfg
}

// expansion runs one expansion and gives why its result is not known.
func (m *machine) expansion(fn func(*expand.Config) error) string {
	outer := m.touched
	m.touched = nil
	err := fn(m.config())
	why := strings.Join(unique(m.touched), ", ")
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

func unique(list []string) (out []string) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// fields expands the words of a command.
func (m *machine) fields(words []*syntax.Word) (out []word) {
	for _, w := range words {
		if parts, split := m.splitWord(w); split {
			for _, s := range parts {
				out = append(out, word{s: s})
			}
			continue
		}
		var got []string
		why := m.expansion(func(c *expand.Config) (err error) {
			got, err = expand.Fields(c, w)
			return err
		})
		if why == "" && !m.bash && m.hasBraces(w) {
			why = "braces, which sh leaves as they are and bash expands"
		}
		globbed := strings.ContainsAny(m.raw(w), "*?[") && len(got) > 0 && !strings.ContainsAny(got[0], "*?[")
		if why != "" && len(got) == 0 {
			got = []string{unknown(why)}
		}
		for _, s := range got {
			out = append(out, word{s, why, globbed})
		}
	}
	return out
}

// splitWord splits the value of an unquoted variable at separators that are no blanks, of which each ends a field: the
// library takes several for one.
func (m *machine) splitWord(w *syntax.Word) ([]string, bool) {
	ifs := m.vars["IFS"].String()
	if strings.Trim(ifs, " \t\n") == "" || len(w.Parts) != 1 {
		return nil, false
	}
	p, isParam := w.Parts[0].(*syntax.ParamExp)
	if !isParam || p.Index != nil || p.Param.Value == "@" || p.Param.Value == "*" {
		return nil, false
	}
	value := m.literal(w)
	if !value.known() || strings.ContainsAny(value.s, "*?[") {
		return nil, false
	}
	return readFields(value.s, ifs, -1, true), true
}

// hasBraces says that bash would expand braces of a word; {} is none of them.
func (m *machine) hasBraces(w *syntax.Word) bool {
	one := *w
	if !syntax.SplitBraces(&one) {
		return false
	}
	for _, part := range one.Parts {
		if b, isBraces := part.(*syntax.BraceExp); isBraces && len(b.Elems) > 1 {
			return true
		}
	}
	return false
}

// literal expands a word that is not split.
func (m *machine) literal(w *syntax.Word) word {
	if w == nil {
		return word{}
	}
	var s string
	why := m.expansion(func(c *expand.Config) (err error) {
		s, err = expand.Literal(c, w)
		return err
	})
	if why != "" && s == "" {
		s = unknown(why)
	}
	return word{s: s, why: why}
}

// document expands a here-document.
func (m *machine) document(w *syntax.Word) stream {
	var s string
	why := m.expansion(func(c *expand.Config) (err error) {
		s, err = expand.Document(c, w)
		return err
	})
	if why == "" && isMarked(s) {
		why = word{s: s}.doubt()
	}
	return stream{data: []byte(s), why: why}
}

// substitute runs $(…) and gives what it prints.
func (m *machine) substitute(w io.Writer, c *syntax.CmdSubst) error {
	sub := m.clone()
	sub.out, sub.touched = &stream{}, nil
	if m.depth++; m.depth > 100 {
		return fmt.Errorf("commands are nested too deep")
	}
	sub.depth = m.depth
	if file, reads := onlyReads(c.Stmts); reads { // $(<file)
		in := sub.input(sub.literal(file))
		sub.out.data, sub.out.why = in.data, in.why
	}
	sub.stmts(c.Stmts)
	m.depth--
	sub.atExit()
	m.status = sub.status
	if sub.out.why != "" {
		m.touched = append(m.touched, sub.out.why)
		_, err := io.WriteString(w, unknown(sub.out.why))
		return err
	}
	_, err := w.Write(sub.out.data)
	return err
}

// onlyReads is the file of $(<file), which prints it.
func onlyReads(list []*syntax.Stmt) (*syntax.Word, bool) {
	if len(list) != 1 || list[0].Cmd != nil || len(list[0].Redirs) != 1 || list[0].Redirs[0].Op != syntax.RdrIn {
		return nil, false
	}
	return list[0].Redirs[0].Word, true
}
