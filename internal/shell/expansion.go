package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
)

// value evaluates an expansion that the library has not; why says that it is not known.
func (e Environ) value(p *syntax.ParamExp) (v expand.Variable, why string) {
	m := e.M
	name := p.Param.Value
	old := e.Get(name)
	shown := "${" + name + "…}"
	if old.Kind == expand.NameRef || p.Names != 0 || name == "LINENO" {
		return v, shown
	}
	if bash.All(p) {
		return bash.EveryElement(p, old)
	}
	if p.Index != nil || p.Excl || p.Length || p.Slice != nil || old.Kind == expand.Associative {
		return v, shown
	}
	switch {
	case p.Repl != nil && bash.Anchor(p.Repl) == 0:
		return m.replaced(p, old.String())
	case p.Repl != nil:
		return m.anchored(p.Repl, old.String())
	case p.Exp != nil && bash.Removes(p.Exp.Op):
		prefix := p.Exp.Op == syntax.RemSmallPrefix || p.Exp.Op == syntax.RemLargePrefix
		long := p.Exp.Op == syntax.RemLargePrefix || p.Exp.Op == syntax.RemLargeSuffix
		at, why := m.matchAt(p.Exp.Word, old.String(), prefix, long)
		if at < 0 || why != "" {
			return bash.Text(old.String()), why
		}
		if prefix {
			return bash.Text(old.String()[at:]), ""
		}
		return bash.Text(old.String()[:at]), ""
	}
	return v, shown
}

// replaced is ${X/pattern/with} and ${X//pattern/with} where the text may have an & outside quotes: for bash from 5.2
// on it stands for what matched, for earlier ones for itself. The result is known where both are the same.
func (m *Machine) replaced(p *syntax.ParamExp, s string) (expand.Variable, string) {
	out := m.literal(&syntax.Word{Parts: []syntax.WordPart{p}})
	if out.Why != "" || out.Text == s || p.Repl.Orig.Lit() == "&" || p.Repl.Orig.Lit() == `\&` {
		return bash.Text(out.Text), out.Why
	}
	for _, part := range bash.Unquoted(p.Repl.With) {
		if w := m.literal(&syntax.Word{Parts: []syntax.WordPart{part}}); strings.Contains(w.Text, "&") {
			return bash.Text(out.Text), "whether & is what matched, which it is from bash 5.2 on"
		}
	}
	return bash.Text(out.Text), ""
}

// anchored is ${X/#pattern/with} and ${X/%pattern/with}.
func (m *Machine) anchored(r *syntax.Replace, s string) (expand.Variable, string) {
	start := bash.Anchor(r) == '#'
	orig := *r.Orig
	orig.Parts = slices.Clone(orig.Parts)
	lit := *orig.Parts[0].(*syntax.Lit)
	lit.Value = lit.Value[1:]
	orig.Parts[0] = &lit
	with := m.literal(r.With)
	at, why := m.matchAt(&orig, s, start, true)
	if why == "" {
		why = with.Doubt()
	}
	switch {
	case at < 0 || why != "":
	case start:
		s = with.Text + s[at:]
	default:
		s = s[:at] + with.Text
	}
	return bash.Text(s), why
}

// matchAt is where the part of a text that a pattern matches ends, from its begin, or begins, up to its end; -1 where
// it matches none.
func (m *Machine) matchAt(pat *syntax.Word, s string, prefix, long bool) (int, string) {
	text, why := m.patternOf(pat)
	if why != "" || placeholder.In(s) {
		return -1, why + Word{Text: s}.Doubt()
	}
	re, err := bash.Pattern(text)
	if err != nil {
		return -1, "the pattern " + text
	}
	return bash.MatchAt(re, s, prefix, long), ""
}

// patternOf expands a word that is a pattern.
func (m *Machine) patternOf(w *syntax.Word) (pat, why string) {
	why = m.expansion(func(c *expand.Config) (err error) {
		pat, err = expand.Pattern(c, w)
		return err
	})
	return pat, why
}
