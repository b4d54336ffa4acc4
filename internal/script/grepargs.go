package script

import "strings"

// grepArgs reads grep's arguments.
func (m *machine) grepArgs(c *call) *search {
	g := &search{extended: c.name == "egrep", fixed: c.name == "fgrep"}
	given := false
	for i := 0; i < len(c.args); i++ {
		a := c.args[i]
		if a.s == "--" {
			g.files = append(g.files, c.args[i+1:]...)
			break
		}
		if name, isLong := strings.CutPrefix(a.s, "--"); isLong {
			short, known := map[string]string{"quiet": "q", "silent": "q", "fixed-strings": "F", "extended-regexp": "E",
				"ignore-case": "i",
				"count":       "c", "files-with-matches": "l", "recursive": "r", "no-messages": "s", "invert-match": "v",
				"line-regexp": "x", "only-matching": "o", "perl-regexp": "P", "null": "Z", "word-regexp": "w"}[name]
			if value, is := strings.CutPrefix(name, "include="); is {
				g.only = value
			} else if known {
				g.option(short[0])
			} else if !strings.HasPrefix(name, "color") {
				g.unknown = "grep " + a.s
			}
			continue
		}
		if !strings.HasPrefix(a.s, "-") || a.s == "-" {
			g.files = append(g.files, a)
			continue
		}
		for k := 1; k < len(a.s); k++ {
			if a.s[k] == 'm' {
				value := a.s[k+1:]
				if value == "" && i+1 < len(c.args) {
					i++
					value = c.args[i].s
				}
				if g.most = number(value); g.most < 1 {
					g.unknown = "grep -m"
				}
				break
			}
			if a.s[k] != 'e' {
				g.option(a.s[k])
				if a.s[k] == 'z' && c.name == "git grep" {
					g.zero, g.unknown = true, ""
				}
				continue
			}
			given = true
			pattern := word{s: a.s[k+1:], why: a.why}
			if pattern.s == "" && i+1 < len(c.args) {
				i++
				pattern = c.args[i]
			}
			g.pattern(pattern)
			break
		}
	}
	if !given && len(g.files) > 0 {
		g.pattern(g.files[0])
		g.files = g.files[1:]
	}
	if len(g.patterns) == 0 && g.unknown == "" {
		g.unknown = "grep without a pattern"
	}
	return g
}

func (g *search) pattern(w word) {
	if !w.known() {
		g.unknown = w.doubt()
	}
	g.patterns = append(g.patterns, strings.Split(w.s, "\n")...)
}

func (g *search) option(o byte) {
	switch o {
	case 'q':
		g.quiet = true
	case 'F':
		g.fixed = true
	case 'E':
		g.extended = true
	case 'i':
		g.fold = true
	case 'v':
		g.invert = true
	case 'x':
		g.whole = true
	case 'c':
		g.count = true
	case 'l':
		g.list = true
	case 'L':
		g.without = true
	case 'r', 'R':
		g.recursive = true
	case 'n':
		g.number = true
	case 'H':
		g.names = true
	case 'h':
		g.plain = true
	case 'o':
		g.matches = true
	case 'P':
		g.perl = true
	case 'w':
		g.word = true
	case 'Z':
		g.zero = true
	case 's', 'I', 'a', 'G':
	default:
		g.unknown = "grep -" + string(o)
	}
}
