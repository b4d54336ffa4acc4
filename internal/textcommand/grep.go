package textcommand

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// GrepOptions is a parsed grep command.
type GrepOptions struct {
	patterns             []string
	fixed, extended      bool
	fold, invert, whole  bool
	quiet, count, list   bool
	without, recursive   bool
	number, Names, plain bool
	matches, perl, word  bool   // -o, -P, -w
	zero                 bool   // names end in a zero byte
	Some                 bool   // -c omits files without a match
	most                 int    // matching lines per file, at most; 0: no limit
	only                 string // name pattern of --include
	Files                []shell.Word
	Unknown              string
}

// grep searches files. Its basic and extended expressions are sed's, so sed finds the matching lines.
func grep(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	g := ParseGrep(m, c)
	if g.Unknown != "" {
		m.PrintsUnknown("grep")
		return shell.Status{Why: g.Unknown}
	}
	sources, why := grepSources(m, g)
	if why != "" {
		m.PrintsUnknown("grep")
		return shell.Status{Why: why}
	}
	before := m.PrintedSoFar()
	s := Search(m, g, sources)
	if g.recursive {
		m.Listed(before)
	}
	return s
}

// Search prints the lines of the sources that match.
func Search(m *shell.Machine, g *GrepOptions, sources []NamedText) shell.Status {
	lines, why := matching(m, g, sources)
	if why != "" {
		m.PrintsUnknown("grep")
		return shell.Status{Why: why}
	}
	found := false
	for i, src := range sources {
		hit := len(lines[i]) > 0
		found = found || hit != g.without
		printMatches(m, g, src, lines[i], len(sources) > 1 || g.Names)
	}
	return shell.Whether(found)
}

// NamedText is the content of a file, and the name that the script uses for it.
type NamedText struct {
	Name string
	Data []byte
}

func printMatches(m *shell.Machine, g *GrepOptions, src NamedText, lines []int, prefix bool) {
	head := ""
	if prefix && !g.plain {
		head = src.Name + ":"
	}
	switch {
	case m.Out == nil || g.quiet:
	case g.list && len(lines) > 0, g.without && len(lines) == 0:
		end := "\n"
		if g.zero {
			end = "\x00"
		}
		m.Print([]byte(src.Name + end))
	case g.list || g.without:
	case g.count && g.Some && len(lines) == 0:
	case g.count:
		m.Print(fmt.Appendf(nil, "%s%d\n", head, len(lines)))
	default:
		all := bytes.SplitAfter(src.Data, []byte("\n"))
		for _, n := range lines {
			texts := [][]byte{bytes.TrimSuffix(all[n-1], []byte("\n"))}
			if g.matches {
				var why string
				if texts, why = parts(m, g, texts[0]); why != "" {
					m.PrintsUnknown("grep")
					return
				}
			}
			for _, text := range texts {
				if g.number {
					m.Print(fmt.Appendf(nil, "%s%d:%s\n", head, n, text))
				} else {
					m.Print(fmt.Appendf(nil, "%s%s\n", head, text))
				}
			}
		}
	}
}

// grepSources returns the files to search, or why they are not known.
func grepSources(m *shell.Machine, g *GrepOptions) ([]NamedText, string) {
	if len(g.Files) == 0 && !g.recursive {
		if m.In == nil {
			return nil, "what is typed in"
		}
		return []NamedText{{"(standard input)", m.In.Data}}, m.In.Why
	}
	files := g.Files
	if len(files) == 0 {
		files = []shell.Word{{Text: "."}}
	}
	var out []NamedText
	for _, w := range files {
		p, known := m.Place(w.Text, false)
		if !known || w.Why != "" && !placeholder.Begins(w.Text) {
			return nil, m.Doubtful(w)
		}
		if f := m.World.Read(p); f != nil {
			if m.Reads != nil {
				m.Reads[p] = true
			}
			if f.Why != "" {
				return nil, f.Doubt()
			}
			out = append(out, NamedText{w.Text, f.Data})
			continue
		}
		switch {
		case m.World.IsFolder(p) && g.recursive:
			g.Names = true
		case p.Disk == scriptfiles.Outside:
			return nil, "what is at " + placeholder.Shown(w.Text)
		default:
			continue // grep skips it
		}
		for _, one := range m.World.Files(p) {
			f := m.World.Read(one)
			if g.only != "" && !bash.NameMatches(g.only, path.Base(one.Name)) {
				continue
			}
			if f.Why != "" {
				return nil, f.Doubt()
			}
			out = append(out, NamedText{strings.TrimSuffix(w.Text, "/") + strings.TrimPrefix(one.Name, p.Name), f.Data})
			if p.Name == "" {
				out[len(out)-1].Name = strings.TrimSuffix(w.Text, "/") + "/" + one.Name
			}
		}
	}
	return out, ""
}

// escapeBasic returns a basic regular expression that matches s literally.
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
