package builtin

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/expand"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/shell"
)

// printed prints a text, or notes that it is not known.
func printed(m *shell.Machine, c *shell.Call, s string) shell.Status {
	if w := c.First(); w != nil && m.Out != nil {
		if w.Why != "" || !placeholder.Begins(w.Text) {
			m.Out.Why = w.Doubt()
		}
	}
	m.Print([]byte(s))
	m.Harmless(c.Spot)
	return shell.Succeeded
}

// echo prints its arguments. What a backslash means differs between shells.
func echo(m *shell.Machine, c *shell.Call) shell.Status {
	args := c.Texts()
	newline, escapes := "\n", m.Docker && !m.Bash
	if m.Bash {
		for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
			if strings.Contains(args[0], "n") {
				newline = ""
			}
			escapes = escapes || strings.Contains(args[0], "e")
			args = args[1:]
		}
	} else if len(args) > 0 && args[0] == "-n" {
		newline, args = "", args[1:]
	}
	s := strings.Join(args, " ")
	if strings.Contains(s, `\`) && m.Out != nil && (escapes || !m.Bash) {
		if !escapes {
			m.Out.Why = "what echo makes of a backslash, which differs between shells"
		}
		text, stop := unescaped(s)
		s = text
		if stop {
			newline = ""
		}
	}
	return printed(m, c, s+newline)
}

// unescaped reads the escapes of echo -e; stop is \c.
func unescaped(s string) (out string, stop bool) {
	if i := strings.Index(s, `\c`); i >= 0 {
		s, stop = s[:i], true
	}
	out, _, err := expand.Format(&expand.Config{}, strings.ReplaceAll(s, "%", "%%"), nil)
	if err != nil {
		return s, stop
	}
	return out, stop
}

// tooWide is a format whose width or precision the library does not print: Go's fmt takes at most 1,000,000.
var tooWide = regexp.MustCompile(`%[-+ #0]*([0-9]*\.)?[1-9][0-9]{6}`)

// printf formats its arguments, the format again for those that are left.
func printf(m *shell.Machine, c *shell.Call) shell.Status {
	args := c.Texts()
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "-v" && len(args) > 2 {
		s, _, err := expand.Format(m.Config(), args[2], args[3:])
		why := ""
		if w := c.First(); w != nil || err != nil || tooWide.MatchString(args[2]) {
			why = "what printf prints"
		}
		m.Set(args[1], bash.Text(s), why)
		return m.Nothing(c)
	}
	if len(args) == 0 {
		return m.Nothing(c)
	}
	format, rest := args[0], args[1:]
	var b strings.Builder
	for {
		s, used, err := expand.Format(m.Config(), format, rest)
		if err != nil || tooWide.MatchString(format) {
			m.PrintsUnknown("printf")
			return m.Nothing(c)
		}
		b.WriteString(s)
		if rest = rest[min(used, len(rest)):]; used == 0 || len(rest) == 0 || b.Len() > shell.MaxOutput {
			break
		}
	}
	return printed(m, c, b.String())
}
