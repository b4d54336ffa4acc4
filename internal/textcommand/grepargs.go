package textcommand

import (
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/shell"
)

// ParseGrep parses grep's arguments.
func ParseGrep(m *shell.Machine, c *shell.Call) *GrepOptions {
	g := &GrepOptions{extended: c.Name == "egrep", fixed: c.Name == "fgrep"}
	given := false
	for i := 0; i < len(c.Args); i++ {
		a := c.Args[i]
		if a.Text == "--" {
			g.Files = append(g.Files, c.Args[i+1:]...)
			break
		}
		if name, isLong := strings.CutPrefix(a.Text, "--"); isLong {
			short, known := map[string]string{"quiet": "q", "silent": "q", "fixed-strings": "F", "extended-regexp": "E",
				"ignore-case": "i",
				"count":       "c", "files-with-matches": "l", "recursive": "r", "no-messages": "s", "invert-match": "v",
				"line-regexp": "x", "only-matching": "o", "perl-regexp": "P", "null": "Z", "word-regexp": "w"}[name]
			if value, is := strings.CutPrefix(name, "include="); is {
				g.only = value
			} else if known {
				g.option(short[0])
			} else if !strings.HasPrefix(name, "color") {
				g.Unknown = "grep " + a.Text
			}
			continue
		}
		if !strings.HasPrefix(a.Text, "-") || a.Text == "-" {
			g.Files = append(g.Files, a)
			continue
		}
		for k := 1; k < len(a.Text); k++ {
			if a.Text[k] == 'm' {
				value := a.Text[k+1:]
				if value == "" && i+1 < len(c.Args) {
					i++
					value = c.Args[i].Text
				}
				if g.most = arguments.Number(value); g.most < 1 {
					g.Unknown = "grep -m"
				}
				break
			}
			if a.Text[k] != 'e' {
				g.option(a.Text[k])
				if a.Text[k] == 'z' && c.Name == "git grep" {
					g.zero, g.Unknown = true, ""
				}
				continue
			}
			given = true
			pattern := shell.Word{Text: a.Text[k+1:], Why: a.Why}
			if pattern.Text == "" && i+1 < len(c.Args) {
				i++
				pattern = c.Args[i]
			}
			g.pattern(pattern)
			break
		}
	}
	if !given && len(g.Files) > 0 {
		g.pattern(g.Files[0])
		g.Files = g.Files[1:]
	}
	if len(g.patterns) == 0 && g.Unknown == "" {
		g.Unknown = "grep without a pattern"
	}
	return g
}

func (g *GrepOptions) pattern(w shell.Word) {
	if !w.Known() {
		g.Unknown = w.Doubt()
	}
	g.patterns = append(g.patterns, strings.Split(w.Text, "\n")...)
}

func (g *GrepOptions) option(o byte) {
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
		g.Names = true
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
		g.Unknown = "grep -" + string(o)
	}
}
