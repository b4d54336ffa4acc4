package script

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// search is what a grep looks for.
type search struct {
	patterns             []string
	fixed, extended      bool
	fold, invert, whole  bool
	quiet, count, list   bool
	without, recursive   bool
	number, names, plain bool
	matches, perl, word  bool   // -o, -P, -w
	zero                 bool   // names end in a zero byte
	some                 bool   // -c passes over files without a match
	most                 int    // lines of a file at most; 0 is no limit
	only                 string // name pattern of --include
	files                []word
	unknown              string
}

// grep looks for a text in files. Its regular expressions are sed's, so sed looks for them.
func (m *machine) grep(c *call) status {
	m.harmless(c.spot)
	g := m.grepArgs(c)
	if g.unknown != "" {
		m.printsUnknown("grep")
		return status{why: g.unknown}
	}
	sources, why := m.grepSources(g)
	if why != "" {
		m.printsUnknown("grep")
		return status{why: why}
	}
	before := m.printedSoFar()
	s := m.search(g, sources)
	if g.recursive {
		m.listed(before)
	}
	return s
}

// search prints the lines of texts that match.
func (m *machine) search(g *search, sources []named) status {
	found := false
	for _, src := range sources {
		lines, why := m.matching(g, src.data)
		if why != "" {
			m.printsUnknown("grep")
			return status{why: why}
		}
		hit := len(lines) > 0
		found = found || hit != g.without
		m.printMatches(g, src, lines, len(sources) > 1 || g.names)
	}
	return ok(found)
}

// named is a file's content and how the script names it.
type named struct {
	name string
	data []byte
}

func (m *machine) printMatches(g *search, src named, lines []int, prefix bool) {
	head := ""
	if prefix && !g.plain {
		head = src.name + ":"
	}
	switch {
	case m.out == nil || g.quiet:
	case g.list && len(lines) > 0, g.without && len(lines) == 0:
		end := "\n"
		if g.zero {
			end = "\x00"
		}
		m.print([]byte(src.name + end))
	case g.list || g.without:
	case g.count && g.some && len(lines) == 0:
	case g.count:
		m.print(fmt.Appendf(nil, "%s%d\n", head, len(lines)))
	default:
		all := bytes.SplitAfter(src.data, []byte("\n"))
		for _, n := range lines {
			texts := [][]byte{bytes.TrimSuffix(all[n-1], []byte("\n"))}
			if g.matches {
				var why string
				if texts, why = m.parts(g, texts[0]); why != "" {
					m.printsUnknown("grep")
					return
				}
			}
			for _, text := range texts {
				if g.number {
					m.print(fmt.Appendf(nil, "%s%d:%s\n", head, n, text))
				} else {
					m.print(fmt.Appendf(nil, "%s%s\n", head, text))
				}
			}
		}
	}
}

// grepSources are the texts that grep looks into.
func (m *machine) grepSources(g *search) ([]named, string) {
	if len(g.files) == 0 && !g.recursive {
		if m.in == nil {
			return nil, "what is typed in"
		}
		return []named{{"(standard input)", m.in.data}}, m.in.why
	}
	files := g.files
	if len(files) == 0 {
		files = []word{{s: "."}}
	}
	var out []named
	for _, w := range files {
		p, known := m.place(w.s, false)
		if !known || w.why != "" && !startsMarked(w.s) {
			return nil, w.doubt()
		}
		if f := m.world.read(p); f != nil {
			if m.reads != nil {
				m.reads[p] = true
			}
			if f.why != "" {
				return nil, m.certain(f)
			}
			out = append(out, named{w.s, f.data})
			continue
		}
		switch {
		case m.world.isFolder(p) && g.recursive:
			g.names = true
		case p.disk == outside:
			return nil, "what is at " + clear(w.s)
		default:
			continue // grep passes over it
		}
		for _, one := range m.world.files(p) {
			f := m.world.read(one)
			if g.only != "" && !nameMatches(g.only, base(one.name)) {
				continue
			}
			if f.why != "" {
				return nil, m.certain(f)
			}
			out = append(out, named{strings.TrimSuffix(w.s, "/") + strings.TrimPrefix(one.name, p.name), f.data})
			if p.name == "" {
				out[len(out)-1].name = strings.TrimSuffix(w.s, "/") + "/" + one.name
			}
		}
	}
	return out, ""
}

// matching are the numbers of the lines that match.
func (m *machine) matching(g *search, data []byte) ([]int, string) {
	hits := map[int]bool{}
	total := bytes.Count(data, []byte("\n"))
	if len(data) > 0 && data[len(data)-1] != '\n' {
		total++
	}
	for _, p := range g.patterns {
		if g.perl {
			re, _, why := perlExpression(g, p)
			if why != "" {
				return nil, why
			}
			for i, line := range bytes.Split(data, []byte("\n")) {
				if i < total && re.Match(line) {
					hits[i+1] = true
				}
			}
			continue
		}
		if g.fixed && !g.fold && !g.word {
			for i, line := range bytes.Split(data, []byte("\n")) {
				if i < total && (!g.whole && bytes.Contains(line, []byte(p)) || g.whole && string(line) == p) {
					hits[i+1] = true
				}
			}
			continue
		}
		lines, why := m.linesOf(g, p, data)
		if why != "" {
			return nil, why
		}
		for _, n := range lines {
			hits[n] = true
		}
	}
	var out []int
	for n := 1; n <= total && (g.most == 0 || len(out) < g.most); n++ {
		if hits[n] != g.invert {
			out = append(out, n)
		}
	}
	return out, ""
}

// linesOf asks sed for the lines that match an expression.
func (m *machine) linesOf(g *search, p string, data []byte) ([]int, string) {
	flags := []string{"-n"}
	if g.fixed {
		p = escapeBasic(p)
	} else if g.extended {
		flags = append(flags, "-E")
	}
	if g.word {
		if !wordLike.MatchString(p) {
			return nil, "grep -w"
		}
		p = `\b` + p + `\b`
	}
	if p == "" {
		p = "^" // an empty expression is sed's last one, and grep's every line
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
	r, err := m.sed.run(m.ctx, SedCall{Flags: flags, Scripts: []SedScript{{Text: script + "="}}, Input: data})
	if err != nil {
		m.world.fail(err)
		return nil, "sed"
	}
	if r.Code != 0 {
		return nil, "the expression " + p
	}
	var out []int
	for _, s := range strings.Fields(string(r.Output)) {
		if n, err := strconv.Atoi(s); err == nil {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, ""
}

// escapeBasic writes a text as a basic regular expression that matches it.
func escapeBasic(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`\.*[]^$`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
