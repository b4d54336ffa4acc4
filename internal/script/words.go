package script

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// maxValue is how many bytes a variable holds at most.
const maxValue = 1 << 20

// word is one argument of a command. With why it is not known; globbed, it was found by a pattern.
type word struct {
	s       string
	why     string
	globbed bool
}

// known says that an argument is settled by the file alone.
func (w word) known() bool { return w.why == "" && !isMarked(w.s) }

// doubt is why an argument is not known.
func (w word) doubt() string {
	switch {
	case w.why != "":
		return w.why
	case isMarked(w.s):
		_, rest, _ := strings.Cut(w.s, opened)
		name, _, _ := strings.Cut(rest, closed)
		return strings.ReplaceAll(name, blank, " ")
	}
	return ""
}

// config is what the expansion of words sees of the machine.
func (m *machine) config() *expand.Config {
	cfg := &expand.Config{
		Env:        environ{m},
		CmdSubst:   m.substitute,
		ReadDir2:   m.readDir,
		NullGlob:   m.options.nullGlob,
		GlobStar:   m.options.globStar,
		DotGlob:    m.options.dotGlob,
		NoCaseGlob: m.options.noCaseGlob,
		ExtGlob:    m.options.extGlob,
		NoUnset:    m.options.noUnset,
		ProcSubst: func(p *syntax.ProcSubst) (string, error) {
			m.touched = append(m.touched, "<(…)")
			return unknown("<(…)"), nil
		},
	}
	if m.options.noGlob {
		cfg.ReadDir2 = nil
	}
	return cfg
}

// expansion runs one expansion and gives why its result is not known.
func (m *machine) expansion(fn func(*expand.Config) error) string {
	outer := m.touched
	m.touched = nil
	err := fn(m.config())
	why := strings.Join(unique(m.touched), ", ")
	m.touched = outer
	if err != nil && why == "" {
		var unset expand.UnsetParameterError
		if errors.As(err, &unset) {
			return unset.Message
		}
		return err.Error()
	}
	return why
}

func unique(list []string) (out []string) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// fields expands the words of a command.
func (m *machine) fields(words []*syntax.Word) (out []word) {
	for _, w := range words {
		if parts, split := m.splitWord(w); split {
			for _, s := range parts {
				out = append(out, word{s: s})
			}
			continue
		}
		var got []string
		why := m.expansion(func(c *expand.Config) (err error) {
			got, err = expand.Fields(c, w)
			return err
		})
		if why == "" && !m.bash && m.hasBraces(w) {
			why = "braces, which sh leaves as they are and bash expands"
		}
		globbed := strings.ContainsAny(m.raw(w), "*?[") && len(got) > 0 && !strings.ContainsAny(got[0], "*?[")
		if why != "" && len(got) == 0 {
			got = []string{unknown(why)}
		}
		for _, s := range got {
			out = append(out, word{s, why, globbed})
		}
	}
	return out
}

// splitWord splits the value of an unquoted variable at separators that are no blanks, of which each ends a field: the
// library takes several for one.
func (m *machine) splitWord(w *syntax.Word) ([]string, bool) {
	ifs := m.vars["IFS"].String()
	if strings.Trim(ifs, " \t\n") == "" || len(w.Parts) != 1 {
		return nil, false
	}
	p, isParam := w.Parts[0].(*syntax.ParamExp)
	if !isParam || p.Index != nil || p.Param.Value == "@" || p.Param.Value == "*" {
		return nil, false
	}
	value := m.literal(w)
	if !value.known() || strings.ContainsAny(value.s, "*?[") {
		return nil, false
	}
	return readFields(value.s, ifs, -1, true), true
}

func (m *machine) hasBraces(w *syntax.Word) bool {
	one := *w
	return syntax.SplitBraces(&one)
}

// literal expands a word that is not split.
func (m *machine) literal(w *syntax.Word) word {
	if w == nil {
		return word{}
	}
	var s string
	why := m.expansion(func(c *expand.Config) (err error) {
		s, err = expand.Literal(c, w)
		return err
	})
	if why != "" && s == "" {
		s = unknown(why)
	}
	return word{s: s, why: why}
}

// document expands a here-document.
func (m *machine) document(w *syntax.Word) stream {
	var s string
	why := m.expansion(func(c *expand.Config) (err error) {
		s, err = expand.Document(c, w)
		return err
	})
	if why == "" && isMarked(s) {
		why = word{s: s}.doubt()
	}
	return stream{data: []byte(s), why: why}
}

// substitute runs $(…) and gives what it prints.
func (m *machine) substitute(w io.Writer, c *syntax.CmdSubst) error {
	sub := m.clone()
	sub.out, sub.touched = &stream{}, nil
	if m.depth++; m.depth > 100 {
		return fmt.Errorf("commands are nested too deep")
	}
	sub.depth = m.depth
	if file, reads := onlyReads(c.Stmts); reads { // $(<file)
		in := sub.input(sub.literal(file))
		sub.out.data, sub.out.why = in.data, in.why
	}
	sub.stmts(c.Stmts)
	m.depth--
	sub.atExit()
	m.status = sub.status
	if sub.out.why != "" {
		m.touched = append(m.touched, sub.out.why)
		_, err := io.WriteString(w, unknown(sub.out.why))
		return err
	}
	_, err := w.Write(sub.out.data)
	return err
}

// onlyReads is the file of $(<file), which prints it.
func onlyReads(list []*syntax.Stmt) (*syntax.Word, bool) {
	if len(list) != 1 || list[0].Cmd != nil || len(list[0].Redirs) != 1 || list[0].Redirs[0].Op != syntax.RdrIn {
		return nil, false
	}
	return list[0].Redirs[0].Word, true
}

// environ is the shell's variables as the expansion sees them.
type environ struct{ m *machine }

var _ expand.WriteEnviron = environ{}

// Get gives a variable; one that is not known is a stand-in, and noted.
func (e environ) Get(name string) expand.Variable {
	m := e.m
	text := func(s string) expand.Variable { return expand.Variable{Set: true, Kind: expand.String, Str: s} }
	list := func(l []string) expand.Variable { return expand.Variable{Set: true, Kind: expand.Indexed, List: l} }
	doubt := func(why string) expand.Variable {
		m.touched = append(m.touched, why)
		return text(unknown(why))
	}
	if why, ok := m.doubts[name]; ok {
		return doubt(why)
	}
	if v, ok := m.vars[name]; ok {
		return v
	}
	if number, isExotic := strings.CutPrefix(name, exoticName); isExotic {
		n, err := strconv.Atoi(number)
		if err != nil || n >= len(m.exotic.params) {
			return doubt(name)
		}
		v, why := e.value(m.exotic.params[n])
		if why != "" {
			return doubt(why)
		}
		return v
	}
	switch name {
	case "IFS":
		return text(" \t\n")
	case "PWD":
		return text(m.cwd)
	case "OLDPWD":
		if m.before != "" {
			return text(m.before)
		}
	case "0":
		if m.zero != "" {
			return text(m.zero)
		}
		return text(path.Join(start, base(m.src.File)))
	case "BASH_SOURCE":
		return list([]string{path.Join(start, base(m.src.File))})
	case "OSTYPE":
		return text("linux-gnu")
	case "?":
		if m.status.why != "" {
			return doubt("the result of " + m.status.why)
		}
		return text(fmt.Sprint(m.status.code))
	case "OPTIND":
		return text("1")
	case "PIPESTATUS":
		var codes []string
		for _, s := range m.pipes {
			if s.why != "" {
				return doubt("the result of " + s.why)
			}
			codes = append(codes, fmt.Sprint(s.code))
		}
		return list(codes)
	}
	number := strings.Trim(name, "0123456789") == ""
	switch {
	case (number || name == "@" || name == "*" || name == "#") && m.params == nil:
		return doubt("$" + name)
	case name == "@" || name == "*":
		for _, p := range m.params {
			if isMarked(p) {
				m.touched = append(m.touched, word{s: p}.doubt())
			}
		}
		return list(m.params)
	case name == "#":
		return text(fmt.Sprint(len(m.params)))
	case number:
		var n int
		if _, err := fmt.Sscan(name, &n); err != nil || n > len(m.params) {
			return expand.Variable{}
		}
		if isMarked(m.params[n-1]) {
			m.touched = append(m.touched, word{s: m.params[n-1]}.doubt())
		}
		return text(m.params[n-1])
	}
	return doubt(name)
}

// Each calls nothing: no program gets the environment.
func (e environ) Each(func(string, expand.Variable) bool) {}

// Set assigns within an expansion, as ${X:=value} and arithmetic do.
func (e environ) Set(name string, v expand.Variable) error {
	e.m.set(name, v, strings.Join(unique(e.m.touched), ", "))
	return nil
}

// set gives a variable a value, or none that is known.
func (m *machine) set(name string, v expand.Variable, why string) {
	old, had := m.vars[name]
	v.Exported = v.Exported || had && old.Exported || m.options.allExport
	if why == "" && m.exotic.odd[name] {
		why = "a variable that is declared as a number or a reference"
	}
	if why == "" && len(v.Str) > maxValue {
		why = fmt.Sprintf("a value of more than %d bytes", maxValue)
	}
	delete(m.doubts, name)
	delete(m.vars, name)
	if why != "" && !(v.Kind == expand.String && strings.HasPrefix(v.Str, start)) {
		m.doubts[name] = why
		return
	}
	m.vars[name] = v
}

// entry is a name in a folder.
type entry struct {
	name   string
	folder bool
}

func (e entry) Name() string { return e.name }
func (e entry) IsDir() bool  { return e.folder }
func (e entry) Type() fs.FileMode {
	if e.folder {
		return fs.ModeDir
	}
	return 0
}
func (e entry) Info() (fs.FileInfo, error) { return e, nil }
func (e entry) Size() int64                { return 0 }
func (e entry) Mode() fs.FileMode          { return e.Type() }
func (e entry) ModTime() time.Time         { return time.Time{} }
func (e entry) Sys() any                   { return nil }

// readDir lists a folder for patterns: the tree's and those beside the script, where both may be meant.
func (m *machine) readDir(name string) ([]fs.DirEntry, error) {
	abs, known := m.abs(name)
	if !known {
		return nil, fs.ErrNotExist
	}
	if rest, above := below(abs, start); above && rest != "" {
		first, _, _ := strings.Cut(rest, "/")
		return []fs.DirEntry{entry{first, true}}, nil
	}
	p := m.world.follow(m.world.locate(abs, false), true)
	switch {
	case m.world.isFolder(p):
	case m.world.read(p) != nil:
		return nil, syscall.ENOTDIR
	default:
		return nil, fs.ErrNotExist
	}
	var out []fs.DirEntry
	for _, one := range m.world.list(p) {
		plain := strings.TrimSuffix(one, "/")
		out = append(out, entry{plain, plain != one})
	}
	if own, ok := below(start, abs); ok && p.disk == inTree && own == "" { // the script's folder seems to be the tree
		for _, one := range m.world.list(place{beside, own}) {
			if plain := strings.TrimSuffix(one, "/"); !m.world.exists(place{inTree, path.Join(p.name, plain)}) {
				out = append(out, entry{plain, plain != one})
			}
		}
	}
	return out, nil
}
