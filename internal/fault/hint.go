package fault

import (
	"fmt"
	"regexp"
	"strings"
)

// Command is a target with its arguments and options, which a hint proposes. Who prints it adds the program's name, in
// the form in which the program was called.
type Command struct {
	Target string
	Args   []string
}

// Hint is the next step: a text with commands in it.
type Hint struct {
	format string
	args   []any // a Command among them is rendered by who prints the hint
}

// Hintf returns a hint; args may hold a [Command] for a %s.
func Hintf(format string, args ...any) Hint { return Hint{format, args} }

var bare = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// Word makes one word of s for a POSIX shell, so that a command with it works when it is pasted.
func Word(s string) string {
	if bare.MatchString(s) {
		return s
	}
	return Quoted(s)
}

// Quoted is s as one word of a POSIX shell, in quotes whatever it holds.
func Quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// Lines joins hints, each on a line of its own; those that are none are left out.
func Lines(hints ...Hint) Hint { return join("\n", hints) }

// Join joins hints with semicolons; those that are none are left out.
func Join(hints ...Hint) Hint { return join("; ", hints) }

func join(between string, hints []Hint) Hint {
	var out Hint
	for _, h := range hints {
		switch {
		case h.IsZero():
		case out.IsZero():
			out = h
		default:
			out = Hint{"%s" + between + "%s", []any{out, h}}
		}
	}
	return out
}

func (h Hint) IsZero() bool { return h.format == "" }

// Render returns the hint as text, with line for each command.
func (h Hint) Render(line func(Command) string) string {
	if h.IsZero() {
		return ""
	}
	args := make([]any, len(h.args))
	for i, arg := range h.args {
		switch a := arg.(type) {
		case Command:
			arg = line(a)
		case Hint:
			arg = a.Render(line)
		}
		args[i] = arg
	}
	return fmt.Sprintf(h.format, args...)
}

// Commands lists the commands that the hint proposes.
func (h Hint) Commands() []Command {
	var out []Command
	for _, arg := range h.args {
		switch a := arg.(type) {
		case Command:
			out = append(out, a)
		case Hint:
			out = append(out, a.Commands()...)
		}
	}
	return out
}

// String is the hint with commands as a bare target would be typed, for logs and tests.
func (h Hint) String() string {
	return h.Render(func(c Command) string {
		text := c.Target
		for _, arg := range c.Args {
			text += " " + arg
		}
		return text
	})
}
