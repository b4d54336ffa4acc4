package textcommand

import (
	"bytes"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/shell"
)

// wordLike matches expressions that begin and end with a letter: for these, grep -w is the same as \b on both sides.
var wordLike = regexp.MustCompile(`^\w([^\\|()*?{}\[\]]*\w)?$`)

// matching returns for each source the numbers of the lines that match, or why they are not known.
func matching(m *shell.Machine, g *GrepOptions, sources []NamedText) ([][]int, string) {
	hits := make([]map[int]bool, len(sources))
	for i := range hits {
		hits[i] = map[int]bool{}
	}
	for _, p := range g.patterns {
		switch {
		case g.perl:
			re, _, why := perlExpression(g, p)
			if why != "" {
				return nil, why
			}
			search(sources, hits, re.Match)
		case (g.fixed || !special(p, g.extended)) && !g.fold && !g.word:
			search(sources, hits, func(line []byte) bool {
				return !g.whole && bytes.Contains(line, []byte(p)) || g.whole && string(line) == p
			})
		default:
			if why := searchBySed(m, g, p, sources, hits); why != "" {
				return nil, why
			}
		}
	}
	out := make([][]int, len(sources))
	for i, src := range sources {
		total := len(linesIn(src.Data))
		for n := 1; n <= total && (g.most == 0 || len(out[i]) < g.most); n++ {
			if hits[i][n] != g.invert {
				out[i] = append(out[i], n)
			}
		}
	}
	return out, ""
}

// special reports whether a basic or extended expression means more than its own characters.
func special(p string, extended bool) bool {
	if extended && strings.ContainsAny(p, "+?(){}|") {
		return true
	}
	return strings.ContainsAny(p, `\.*[]^$`)
}

// linesIn returns the lines of a text, without their ends.
func linesIn(data []byte) [][]byte {
	if len(data) == 0 {
		return nil
	}
	return bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
}

// search adds the numbers of the lines that match.
func search(sources []NamedText, hits []map[int]bool, matches func([]byte) bool) {
	for i, src := range sources {
		for n, line := range linesIn(src.Data) {
			if matches(line) {
				hits[i][n+1] = true
			}
		}
	}
}

// maxInput is how many bytes of files one sed searches, unless one file has more: grep -r in a folder of a thousand
// files is a few processes, and none comes near the limits of a sed command.
const maxInput = 4 << 20

// searchBySed adds the numbers of the lines that match one expression. Sed finds them in many files at once: they are
// its input, one after the other.
func searchBySed(m *shell.Machine, g *GrepOptions, p string, sources []NamedText, hits []map[int]bool) string {
	call, why := lineSearch(g, p)
	if why != "" {
		return why
	}
	for from := 0; from < len(sources); {
		to := from
		var starts []int // of each file: how many lines are before it
		lines := 0
		call.Input = nil
		for to == from || to < len(sources) && len(call.Input)+len(sources[to].Data) <= maxInput {
			starts = append(starts, lines)
			data := sources[to].Data
			lines += len(linesIn(data))
			if call.Input = append(call.Input, data...); len(data) > 0 && data[len(data)-1] != '\n' {
				call.Input = append(call.Input, '\n')
			}
			to++
		}
		r, err := m.Sed.Run(m.Ctx, call)
		if err != nil {
			m.World.Fail(err)
			return "sed"
		}
		if r.Code != 0 {
			return "the expression " + p
		}
		for _, s := range strings.Fields(string(r.Output)) {
			if n, err := strconv.Atoi(s); err == nil {
				at := sort.Search(len(starts), func(i int) bool { return starts[i] >= n }) - 1
				hits[from+at][n-starts[at]] = true
			}
		}
		from = to
	}
	return ""
}

// lineSearch returns a sed command that prints the numbers of the lines of its input that match an expression, or why
// there is none.
func lineSearch(g *GrepOptions, p string) (call sed.Call, why string) {
	call.Flags = []string{"-n"}
	if g.fixed {
		p = escapeBasic(p)
	} else if g.extended {
		call.Flags = append(call.Flags, "-E")
	}
	if g.word {
		if !wordLike.MatchString(p) {
			return call, "grep -w"
		}
		p = `\b` + p + `\b`
	}
	if p == "" {
		p = "^" // an empty expression repeats the last one in sed, and matches every line in grep
	}
	if g.whole && g.extended {
		p = "^(" + p + ")$"
	} else if g.whole {
		p = `^\(` + p + `\)$`
	}
	script := "\\\x01" + p + "\x01"
	if g.fold {
		script += "I"
	}
	call.Scripts = []sed.Script{{Text: script + "="}}
	return call, ""
}

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
