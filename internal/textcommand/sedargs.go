package textcommand

import (
	"strings"

	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/shell"
)

// readSedArgs parses the arguments of sed like GNU getopt, which allows options after files.
func readSedArgs(m *shell.Machine, c *shell.Call) *sedArgs {
	a := &sedArgs{}
	a.call.Bytes = plainLocale(m)
	var rest []shell.Word
	given := false
	script := func(w shell.Word, isFile bool) {
		given = true
		if !isFile {
			if !w.Known() {
				a.unknown = w.Doubt()
			}
			a.call.Scripts = append(a.call.Scripts, sed.Script{Text: w.Text})
			return
		}
		var s *shell.Stream
		if w.Text == "-" || w.Text == "/dev/stdin" {
			s = m.ReadInput()
		} else {
			s = m.Input(w)
		}
		if s.Why != "" {
			a.unknown = s.Why
		}
		a.call.Scripts = append(a.call.Scripts, sed.Script{Text: string(s.Data), File: true})
	}
	args := c.Args
	for i := 0; i < len(args); i++ {
		w := args[i]
		if w.Text == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		if !strings.HasPrefix(w.Text, "-") || w.Text == "-" {
			rest = append(rest, w)
			continue
		}
		if strings.HasPrefix(w.Text, "--") {
			name, value, isSet := strings.Cut(w.Text[2:], "=")
			if !isSet && i+1 < len(args) && (name == "expression" || name == "file" || name == "line-length") {
				i++
				value = args[i].Text
			}
			a.long(name, shell.Word{Text: value, Why: args[i].Why}, script)
			continue
		}
		for k := 1; k < len(w.Text); k++ {
			o := w.Text[k]
			value := shell.Word{Text: w.Text[k+1:], Why: w.Why}
			if o == 'i' {
				a.call.InPlace = true
				a.suffix = value.Text
				if value.Text == "" && i+1 < len(args) && args[i+1].Text == "" && args[i+1].Why == "" {
					i++
					a.macos = true
				}
				break
			}
			if strings.IndexByte("efl", o) >= 0 {
				if value.Text == "" && i+1 < len(args) {
					i++
					value = args[i]
				}
				switch o {
				case 'l':
					a.call.Flags = append(a.call.Flags, "-l", value.Text)
				default:
					script(value, o == 'f')
				}
				break
			}
			a.short(o)
		}
	}
	if !given && len(rest) > 0 {
		script(rest[0], false)
		rest = rest[1:]
	}
	a.files = rest
	if len(a.call.Scripts) == 0 && a.refused == "" {
		a.refused = "sed has no command"
	}
	if strings.Contains(a.suffix, "/") {
		a.refused = "sed -i keeps copies in another folder"
	}
	return a
}

// plainLocale reports whether the script has set the locale C, in which a character is a byte.
func plainLocale(m *shell.Machine) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v, had := m.Vars[name]; had && v.Exported && v.String() != "" {
			return v.String() == "C" || v.String() == "POSIX"
		}
	}
	return false
}

func (a *sedArgs) short(o byte) {
	switch o {
	case 'n':
		a.silent = true
		a.call.Flags = append(a.call.Flags, "-n")
	case 'E', 'r':
		a.ext = true
		a.call.Flags = append(a.call.Flags, "-E")
	case 's', 'z', 'u', 'b':
		a.call.Flags = append(a.call.Flags, "-"+string(o))
	default:
		a.refused = "the option -" + string(o) + " of sed"
	}
}

// long handles a long option.
func (a *sedArgs) long(name string, value shell.Word, script func(shell.Word, bool)) {
	switch name {
	case "in-place":
		a.call.InPlace, a.suffix = true, value.Text
	case "expression":
		script(value, false)
	case "file":
		script(value, true)
	case "regexp-extended":
		a.short('E')
	case "quiet", "silent":
		a.short('n')
	case "null-data":
		a.short('z')
	case "separate":
		a.short('s')
	case "unbuffered":
		a.short('u')
	case "binary":
		a.short('b')
	case "posix":
		a.call.Flags = append(a.call.Flags, "--posix")
	case "line-length":
		a.call.Flags = append(a.call.Flags, "-l", value.Text)
	case "follow-symlinks":
		a.follows = true
	case "sandbox":
	default:
		a.refused = "the option --" + name + " of sed"
	}
}

// sedStep is one command of a sed script: the script up to and including it, and the text of the command alone.
type sedStep struct {
	scripts []sed.Script
	text    string
}

// maxSedSteps limits the commands of one sed script that are run separately.
const maxSedSteps = 40

// sedSteps splits a sed script into its commands, so that one that matches nothing is reported. It splits only where
// each command is independent of the others, and otherwise returns nil. What a command does is left to sed.
func sedSteps(a *sedArgs) []sedStep {
	var steps []sedStep
	var sofar []sed.Script
	for _, s := range a.call.Scripts {
		commands := sed.Commands(s.Text)
		if commands == nil {
			return nil
		}
		for i, one := range commands {
			head := sed.Script{Text: strings.Join(commands[:i+1], "\n"), File: s.File}
			if i == len(commands)-1 {
				head.Text = s.Text
			}
			steps = append(steps, sedStep{append(sofar[:len(sofar):len(sofar)], head), one})
		}
		sofar = append(sofar, s)
	}
	if len(steps) > maxSedSteps || a.silent {
		return nil
	}
	return steps
}
