package textcommand

import (
	"bytes"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/coreutils"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// filter computes what head, cut, sort and the other filters print.
func filter(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	if w := c.First(); w != nil && !placeholder.Begins(w.Text) {
		return printsBecause(m, w.Doubt())
	}
	f, ok := coreutils.Parse(c.Name, c.Texts())
	if !ok {
		m.PrintsUnknown(c.Name)
		return shell.Succeeded
	}
	var texts [][]byte
	code := shell.Succeeded
	files := f.Files
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, name := range files {
		one, ended := readArgs(m, []shell.Word{{Text: name}})
		if ended != shell.Succeeded {
			code = ended
		}
		if one.Why != "" {
			return printsBecause(m, one.Why)
		}
		texts = append(texts, one.Data)
	}
	free := m.In != nil && m.In.Free
	out, certain := f.Run(texts)
	if !certain || free && !anyOrder(c, texts, out) {
		m.PrintsUnknown(c.Name)
		return shell.Succeeded
	}
	if free && (c.Name == "sort" || c.Name == "wc") { // what they print is the same for each order
		m.In.Free = false
		defer func() { m.In.Free = true }()
	}
	m.Print(out)
	return code
}

// anyOrder reports whether a filter prints the same lines for each order of its input's lines, which may differ between
// machines.
func anyOrder(c *shell.Call, in [][]byte, out []byte) bool {
	all := bytes.Join(in, nil)
	lines := bytes.Count(all, []byte("\n"))
	switch c.Name {
	case "sort": // without -z, names that end in a zero byte are one line
		return bytes.IndexByte(all, 0) < 0 || slices.ContainsFunc(c.Texts(), func(s string) bool {
			short := strings.HasPrefix(s, "-") && !strings.HasPrefix(s, "--")
			return s == "--zero-terminated" || short && strings.Contains(s, "z")
		})
	case "wc", "cut", "rev", "tac":
		return true
	case "tr": // it may leave line feeds as they are, or change each one to a zero byte, as for xargs -0
		return bytes.Count(out, []byte("\n")) == lines || bytes.Count(out, []byte{0}) == lines
	}
	return false
}

// printsBecause records that the output of the command is not known, and why.
func printsBecause(m *shell.Machine, why string) shell.Status {
	if m.Out != nil {
		m.Out.Why = why
	}
	return shell.Succeeded
}

// ls prints one name per line, as it does into a pipe.
func ls(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	var names []string
	options, rest := arguments.Split(c.Args, "")
	for o := range options {
		if o != "1" && o != "A" && o != "d" {
			m.PrintsUnknown("ls")
			return shell.Status{Why: "what ls finds"}
		}
	}
	if len(rest) == 0 {
		rest = []shell.Word{{Text: "."}}
	}
	result := shell.Succeeded
	for _, w := range rest {
		p, known := m.Source(w.Text)
		switch {
		case !known || w.Why != "" && !placeholder.Begins(w.Text) || p.Disk == scriptfiles.Outside && !m.World.IsFile(p):
			m.PrintsUnknown("ls")
			return shell.Status{Why: "what ls finds"}
		case m.World.Read(p) != nil, m.World.IsFolder(p) && options.Has("d"):
			names = append(names, w.Text)
		case m.World.IsFolder(p) && len(rest) == 1:
			entries, err := m.ReadDir(w.Text)
			if err != nil {
				m.PrintsUnknown("ls")
				return shell.Status{Why: "what ls finds"}
			}
			for _, e := range entries {
				if options.Has("A") || !strings.HasPrefix(e.Name(), ".") {
					names = append(names, e.Name())
				}
			}
		case m.World.IsFolder(p):
			m.PrintsUnknown("ls")
			return shell.Succeeded
		default:
			result = shell.Status{Code: 2}
		}
	}
	if len(names) == 0 {
		return result
	}
	sort, _ := coreutils.Parse("sort", nil)
	out, certain := sort.Run([][]byte{[]byte(strings.Join(names, "\n") + "\n")})
	if !certain {
		return printsBecause(m, "the order of what ls prints, which differs between locales")
	}
	m.Print(out)
	return result
}

// envsubst replaces variables in its input. A variable that the script does not export may come from the environment:
// the output is then not known.
func envsubst(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	in := m.In
	if in == nil {
		in = &shell.Stream{Why: "what is typed in"}
	}
	only := map[string]bool{}
	for _, a := range c.Args {
		if !a.Known() || strings.HasPrefix(a.Text, "-") {
			m.PrintsUnknown("envsubst")
			return shell.Succeeded
		}
		for i := 0; i < len(a.Text); i++ {
			if name, n := reference(a.Text[i:]); n > 0 {
				only[name] = true
			}
		}
	}
	why := in.Why
	text := string(in.Data)
	var b strings.Builder
	for i := 0; i < len(text); {
		name, n := reference(text[i:])
		if n == 0 || len(only) > 0 && !only[name] {
			b.WriteByte(text[i])
			i++
			continue
		}
		i += n
		v, had := m.Vars[name]
		if !had || !v.Exported {
			why = name
			if doubt := m.Doubts[name]; doubt != "" {
				why = doubt
			}
		}
		b.WriteString(v.String())
	}
	if why != "" {
		return printsBecause(m, why)
	}
	m.Print([]byte(b.String()))
	return shell.Succeeded
}

// reference returns the name of the variable that s begins with ($NAME or ${NAME}), and the length of the reference;
// 0 if there is none.
func reference(s string) (name string, n int) {
	if len(s) < 2 || s[0] != '$' {
		return "", 0
	}
	if s[1] == '{' {
		name, _, closes := strings.Cut(s[2:], "}")
		if closes && syntax.ValidName(name) {
			return name, len(name) + 3
		}
		return "", 0
	}
	for n = 1; n < len(s) && syntax.ValidName(s[1:n+1]); n++ {
	}
	return s[1:n], n * min(1, n-1)
}

// compareFiles handles cmp, and diff if only its exit code is used.
func compareFiles(m *shell.Machine, c *shell.Call) shell.Status {
	m.Harmless(c.Spot)
	options, rest := arguments.Split(c.Args, "")
	plain := true
	for o := range options {
		plain = plain && (o == "s" || o == "q" || o == "quiet" || o == "silent" || o == "brief" || o == "u")
	}
	if len(rest) != 2 || !plain {
		m.PrintsUnknown(c.Name)
		return shell.Status{Why: "what " + c.Name + " finds"}
	}
	var texts [2][]byte
	for i, w := range rest {
		in := m.Input(w)
		if w.Text == "-" && m.In != nil {
			in = m.In
		}
		source, _ := m.Source(w.Text)
		named, _ := m.Place(w.Text, false)
		if in.Why != "" || source != named { // the file of the other folder may differ from the one beside the script
			m.PrintsUnknown(c.Name)
			return shell.Status{Why: "what " + c.Name + " finds"}
		}
		texts[i] = in.Data
	}
	same := bytes.Equal(texts[0], texts[1])
	if !same && !options.Has("s", "quiet", "silent") {
		m.PrintsUnknown(c.Name)
	}
	return shell.Whether(same)
}
