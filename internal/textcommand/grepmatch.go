package textcommand

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/shell"
)

// wordLike matches expressions that begin and end with a letter: for these, grep -w is the same as \b on both sides.
var wordLike = regexp.MustCompile(`^\w([^\\|()*?{}\[\]]*\w)?$`)

// parts returns the matching parts of a line, as grep -o prints them.
func parts(m *shell.Machine, g *GrepOptions, line []byte) ([][]byte, string) {
	if len(g.patterns) != 1 || g.invert || g.word || g.whole || g.fold {
		return nil, "grep -o"
	}
	p := g.patterns[0]
	var out [][]byte
	if g.perl {
		re, group, why := perlExpression(g, p)
		if why != "" {
			return nil, why
		}
		for _, found := range re.FindAllSubmatch(line, -1) {
			if len(found[group]) > 0 {
				out = append(out, found[group])
			}
		}
		return out, ""
	}
	flags := []string{}
	if g.fixed {
		p = escapeBasic(p)
	} else if g.extended {
		flags = append(flags, "-E")
	}
	const begin, end = "\x02", "\x03"
	if bytes.ContainsAny(line, begin+end) || p == "" {
		return nil, "grep -o"
	}
	r, err := m.Sed.Run(m.Ctx, sed.Call{Flags: flags, Input: append(bytes.Clone(line), '\n'),
		Scripts: []sed.Script{{Text: "s\x01" + p + "\x01" + begin + "&" + end + "\x01g"}}})
	if err != nil || r.Code != 0 {
		m.World.Fail(err)
		return nil, "the expression " + p
	}
	for _, one := range bytes.Split(r.Output, []byte(begin))[1:] {
		if text, _, _ := bytes.Cut(one, []byte(end)); len(text) > 0 {
			out = append(out, text)
		}
	}
	return out, ""
}

// perlExpression returns a grep -P expression in Go's syntax, and the number of the group to print (the part after
// \K). It returns why, if the expression uses lookaround or the like.
func perlExpression(g *GrepOptions, p string) (*regexp.Regexp, int, string) {
	group := 0
	if before, after, cut := strings.Cut(p, `\K`); cut {
		if strings.ContainsAny(before, `()|\`) && regexp.MustCompile(`[()|]|\\\\`).MatchString(before) ||
			strings.ContainsAny(after, "()|") || strings.Contains(after, `\K`) {
			return nil, 0, `grep -P with \K`
		}
		p, group = before+"("+after+")", 1
	}
	if g.word || g.whole || g.fixed {
		return nil, 0, "grep -P"
	}
	if g.fold {
		p = "(?i)" + p
	}
	re, err := regexp.Compile(p)
	if err != nil {
		return nil, 0, "the expression " + p
	}
	return re, group, ""
}
