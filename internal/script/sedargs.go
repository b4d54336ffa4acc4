package script

import (
	"strings"
)

// sedArgs reads the arguments of sed as GNU's getopt does: options may stand behind files.
func (m *machine) sedArgs(c *call) *sedArgs {
	a := &sedArgs{}
	a.call.Bytes = m.plainLocale()
	var rest []word
	given := false
	script := func(w word, isFile bool) {
		given = true
		if !isFile {
			if !w.known() {
				a.unknown = w.doubt()
			}
			a.call.Scripts = append(a.call.Scripts, SedScript{Text: w.s})
			return
		}
		var s *stream
		if w.s == "-" || w.s == "/dev/stdin" {
			s = m.readInput()
		} else {
			s = m.input(w)
		}
		if s.why != "" {
			a.unknown = s.why
		}
		a.call.Scripts = append(a.call.Scripts, SedScript{Text: string(s.data), File: true})
	}
	args := c.args
	for i := 0; i < len(args); i++ {
		w := args[i]
		if w.s == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		if !strings.HasPrefix(w.s, "-") || w.s == "-" {
			rest = append(rest, w)
			continue
		}
		if strings.HasPrefix(w.s, "--") {
			name, value, isSet := strings.Cut(w.s[2:], "=")
			if !isSet && i+1 < len(args) && (name == "expression" || name == "file" || name == "line-length") {
				i++
				value = args[i].s
			}
			a.long(name, word{s: value, why: args[i].why}, script)
			continue
		}
		for k := 1; k < len(w.s); k++ {
			o := w.s[k]
			value := word{s: w.s[k+1:], why: w.why}
			if o == 'i' {
				a.call.InPlace = true
				a.suffix = value.s
				if value.s == "" && i+1 < len(args) && args[i+1].s == "" && args[i+1].why == "" {
					i++
					a.macos = true
				}
				break
			}
			if strings.IndexByte("efl", o) >= 0 {
				if value.s == "" && i+1 < len(args) {
					i++
					value = args[i]
				}
				switch o {
				case 'l':
					a.call.Flags = append(a.call.Flags, "-l", value.s)
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

// plainLocale reports whether the script has set the locale C, in which characters are bytes.
func (m *machine) plainLocale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v, had := m.vars[name]; had && v.Exported && v.String() != "" {
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

// long is an option with a long name.
func (a *sedArgs) long(name string, value word, script func(word, bool)) {
	switch name {
	case "in-place":
		a.call.InPlace, a.suffix = true, value.s
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
		a.call.Flags = append(a.call.Flags, "-l", value.s)
	case "follow-symlinks":
		a.follows = true
	case "sandbox":
	default:
		a.refused = "the option --" + name + " of sed"
	}
}

// sedStep is one of a sed script's commands: all of the script up to it, and the command's own text.
type sedStep struct {
	scripts []SedScript
	text    string
}

// maxSedSteps is how many commands of one sed differ.
const maxSedSteps = 40

// sedSteps tells the commands of a sed apart, so that one that matches nothing is seen beside those that do. It cuts
// the text only where each command stands for itself; what each does is left to sed. nil: they are not told apart.
func (m *machine) sedSteps(a *sedArgs) []sedStep {
	var steps []sedStep
	var sofar []SedScript
	for _, s := range a.call.Scripts {
		commands := sedCommands(s.Text)
		if commands == nil {
			return nil
		}
		for i, one := range commands {
			head := SedScript{Text: strings.Join(commands[:i+1], "\n"), File: s.File}
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

// sedCommands cuts a sed script at the ends of its commands; nil where it holds one that hangs together with others.
func sedCommands(script string) (out []string) {
	for rest := strings.TrimLeft(script, " \t\n;"); rest != ""; rest = strings.TrimLeft(rest, " \t\n;") {
		n := commandEnd(rest)
		if n < 0 {
			return nil
		}
		if rest[0] != '#' {
			out = append(out, strings.TrimRight(rest[:n], " \t\n"))
		}
		rest = rest[n:]
	}
	return out
}

// commandEnd is where the first command of a text ends; -1 where it is not one that stands for itself.
func commandEnd(s string) int {
	i := 0
	delimited := func(d byte) bool { // from behind one delimiter to behind the next
		i = delimitedEnd(s, i, d)
		return i >= 0
	}
	for i < len(s) { // addresses
		switch c := s[i]; {
		case c == '/':
			i++
			if !delimited('/') {
				return -1
			}
		case c == '\\' && i+1 < len(s):
			i += 2
			if !delimited(s[i-1]) {
				return -1
			}
		case strings.IndexByte("0123456789$,+~ \tI!", c) >= 0:
			i++
		default:
			goto command
		}
	}
	return -1
command:
	switch s[i] {
	case '#':
		return lineEnd(s, i)
	case 's', 'y':
		if i+1 >= len(s) {
			return -1
		}
		d := s[i+1]
		i += 2
		for range 2 { // what is found, and what replaces it
			if !delimited(d) {
				return -1
			}
		}
	case 'a', 'i', 'c':
		for {
			end := lineEnd(s, i)
			if end == len(s) || s[end-1] != '\\' {
				return end
			}
			i = end + 1
		}
	case 'd', 'p', '=':
		i++
	default:
		return -1
	}
	for ; i < len(s); i++ {
		switch {
		case s[i] == ';' || s[i] == '\n':
			return i
		case s[i] == '}', s[i] == 'w', s[i] == 'e' && strings.IndexByte("0123456789gIimMp", s[i]) < 0:
			return -1
		}
	}
	return i
}

// bracketEnd is where a bracket expression ends that begins at i; 0 where it does not end.
func bracketEnd(s string, i int) int {
	k := i + 1
	if k < len(s) && s[k] == '^' {
		k++
	}
	if k < len(s) && s[k] == ']' {
		k++
	}
	for ; k < len(s) && s[k] != '\n'; k++ {
		if s[k] == '[' && k+1 < len(s) && strings.IndexByte(":.=", s[k+1]) >= 0 {
			if n := strings.Index(s[k+2:], s[k+1:k+2]+"]"); n >= 0 {
				k += n + 3
				continue
			}
		}
		if s[k] == ']' {
			return k
		}
	}
	return 0
}
