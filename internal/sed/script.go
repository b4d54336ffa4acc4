// Package sed reads shell scripts of `sed -i` lines as text: a script goes in, and for each of its lines what it would
// do to which files comes out. Nothing is run.
package sed

import (
	"fmt"
	"strings"
)

// Line is one command of a script, with the lines that continue it.
type Line struct {
	Number   int    // of its first line, one-based
	Text     string // as it stands there
	Comment  string // what stood right above it behind a #, without it
	Kind     Kind
	Target   string    // a file that it writes as a whole or removes, where that can be told
	Commands []Command // of Edit
	Reason   string    // of Opaque: why it cannot be told
}

// Kind is what a line does, as far as files are concerned.
type Kind int

// The kinds of lines.
const (
	Nothing Kind = iota // it changes no file: cd, echo, set, an assignment
	Edit                // sed -i
	Overlay             // it writes a whole file: cp, mv, curl, a here-document
	Patch               // it applies a patch
	Opaque              // anything else
)

// Command is one sed -i on one file.
type Command struct {
	File string
	Ops  []Op
}

// Parse reads a script. It never fails: a line that it does not understand is Opaque.
func Parse(script []byte) []Line {
	p := &parser{vars: map[string]string{}}
	lines := strings.Split(string(script), "\n")
	for i := 0; i < len(lines); i++ {
		number := i + 1
		text := strings.TrimRight(lines[i], "\r")
		for i+1 < len(lines) && (strings.HasSuffix(text, `\`) && !strings.HasSuffix(text, `\\`) || openQuote(text)) {
			i++
			if strings.HasSuffix(text, `\`) && !openQuote(text) {
				text = text[:len(text)-1] + " " + strings.TrimLeft(lines[i], " \t")
			} else {
				text += "\n" + lines[i]
			}
		}
		i += p.line(number, text, lines[i+1:])
	}
	return p.out
}

type parser struct {
	out     []Line
	comment []string
	vars    map[string]string
	dir     string
	block   []string // open if, for, while, case, {
}

// line reads one line and gives how many of those that follow belong to it: a here-document.
func (p *parser) line(number int, text string, rest []string) (skip int) {
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		p.comment = nil
		return 0
	case strings.HasPrefix(trimmed, "#"):
		if !strings.HasPrefix(trimmed, "#!") {
			p.comment = append(p.comment, strings.TrimSpace(strings.TrimLeft(trimmed, "#")))
		}
		return 0
	}
	comment := strings.Join(p.comment, " ")
	p.comment = nil
	simple, here, err := split(text, p.vars)
	if err == nil && here != "" {
		for skip < len(rest) && strings.TrimSpace(rest[skip]) != here {
			skip++
		}
		skip = min(skip+1, len(rest))
	}
	if err != nil {
		p.add(Line{Number: number, Text: trimmed, Comment: comment, Kind: Opaque, Reason: err.Error()})
		return skip
	}
	for _, words := range simple {
		l := p.command(words)
		l.Number, l.Text, l.Comment = number, trimmed, comment
		p.add(l)
	}
	return skip
}

// add joins what one line does: of several commands in it, those that change nothing are not worth a word.
func (p *parser) add(l Line) {
	if n := len(p.out) - 1; n >= 0 && p.out[n].Number == l.Number {
		switch {
		case l.Kind == Nothing:
			return
		case p.out[n].Kind == Nothing:
			p.out[n] = l
			return
		case p.out[n].Kind == Edit && l.Kind == Edit:
			p.out[n].Commands = append(p.out[n].Commands, l.Commands...)
			return
		}
	}
	p.out = append(p.out, l)
}

var blocks = map[string]string{"if": "fi", "for": "done", "while": "done", "until": "done", "case": "esac", "{": "}"}

// command tells what one simple command does.
func (p *parser) command(words []word) Line {
	for len(words) > 0 && words[0].assigns() {
		name, value, _ := strings.Cut(words[0].text, "=")
		if words[0].known {
			p.vars[name] = value
		} else {
			delete(p.vars, name)
		}
		words = words[1:]
	}
	for len(words) > 0 && (words[0].text == "sudo" || words[0].text == "env" || words[0].text == "command" || words[0].text == "time") {
		words = words[1:]
	}
	if len(words) == 0 {
		return Line{Kind: Nothing}
	}
	name := words[0].text
	if end, opens := blocks[name]; opens {
		p.block = append(p.block, end)
	}
	inside := len(p.block) > 0
	if inside && name == p.block[len(p.block)-1] {
		p.block = p.block[:len(p.block)-1]
		return Line{Kind: Nothing}
	}
	l := p.simple(name, words)
	if inside && l.Kind != Nothing {
		return Line{Kind: Opaque, Target: l.Target, Reason: "it stands in a loop or a condition"}
	}
	return l
}

// simple tells what a command does by its name.
func (p *parser) simple(name string, words []word) Line {
	for _, w := range words {
		if w.redirect == ">" {
			return Line{Kind: Overlay, Target: p.path(w.text)}
		}
		if w.redirect == ">>" {
			return Line{Kind: Opaque, Target: p.path(w.text), Reason: "it appends to a file"}
		}
	}
	last := p.path(words[len(words)-1].text)
	switch name {
	case "sed", "gsed":
		return p.sed(words[1:])
	case "cd", "pushd":
		p.enter(words[1:])
		return Line{Kind: Nothing}
	case "cp", "mv", "install", "ln", "rsync":
		return Line{Kind: Overlay, Target: last}
	case "curl", "wget":
		for i, w := range words {
			if (w.text == "-o" || w.text == "-O" || w.text == "--output") && i+1 < len(words) && !strings.HasPrefix(words[i+1].text, "-") && !strings.Contains(words[i+1].text, "://") {
				return Line{Kind: Overlay, Target: p.path(words[i+1].text)}
			}
		}
		return Line{Kind: Overlay}
	case "patch":
		return Line{Kind: Patch}
	case "git":
		if len(words) > 1 && (words[1].text == "apply" || words[1].text == "am") {
			return Line{Kind: Patch}
		}
		if len(words) > 1 && (words[1].text == "cherry-pick" || words[1].text == "merge" || words[1].text == "pull" || words[1].text == "rm") {
			return Line{Kind: Opaque, Reason: "git " + words[1].text + " changes files"}
		}
		return Line{Kind: Nothing}
	case "rm":
		return Line{Kind: Opaque, Target: last, Reason: "it removes a file: that is a patch"}
	}
	if harmless[name] {
		return Line{Kind: Nothing}
	}
	return Line{Kind: Opaque, Target: last, Reason: name + " may change files"}
}

// harmless are commands that change no file of the source, the shell's words that only steer it among them.
var harmless = func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(`: [ [[ alias basename break case cat cksum continue date df diff dirname do docker du echo elif else esac exit export false
		file fi for function grep egrep fgrep head hostname id if kubectl ls local mkdir nproc podman popd printenv printf pwd read readonly return service
		select set sha256sum shift sleep sort stat systemctl tail test then trap true type umask uname unalias unset until wait wc which while whoami zcat { }`) {
		all[name] = true
	}
	return all
}()

// enter follows cd. Somewhere that is given from the machine's root, or that only the shell knows, is taken for the
// root of the source: that is where such scripts go.
func (p *parser) enter(args []word) {
	switch {
	case len(args) == 0 || !args[0].known || strings.HasPrefix(args[0].text, "/") || strings.HasPrefix(args[0].text, "~") || args[0].text == "-":
		p.dir = ""
	default:
		p.dir = join(p.dir, args[0].text)
	}
}

// path is a name as seen from where the script began.
func (p *parser) path(name string) string { return join(p.dir, name) }

func join(dir, name string) string {
	if strings.HasPrefix(name, "/") || dir == "" || strings.HasPrefix(name, "~") {
		return strings.TrimPrefix(name, "./")
	}
	return strings.TrimSuffix(dir, "/") + "/" + strings.TrimPrefix(name, "./")
}

// sed reads the arguments of sed.
func (p *parser) sed(args []word) Line {
	bad := ""
	opaque := func(format string, a ...any) {
		if bad == "" {
			bad = fmt.Sprintf(format, a...)
		}
	}
	var ops []Op
	var files []string
	place, extended, read := false, false, false
	add := func(script string) {
		more, err := parseOps(script, extended) // as GNU sed does, with the options so far
		if err != nil {
			opaque("%v", err)
		}
		ops, read = append(ops, more...), true
	}
	plain := ""
	for i := 0; i < len(args); i++ {
		a := args[i]
		if !a.known {
			opaque("it uses a value that only the shell knows: %s", a.text)
		}
		switch {
		case a.text == "--":
		case a.text == "--in-place" || strings.HasPrefix(a.text, "--in-place="):
			place = true
		case a.text == "--regexp-extended":
			extended = true
		case strings.HasPrefix(a.text, "--expression="):
			add(strings.TrimPrefix(a.text, "--expression="))
		case strings.HasPrefix(a.text, "--"):
			opaque("the option %s", a.text)
		case strings.HasPrefix(a.text, "-") && len(a.text) > 1:
		cluster:
			for k := 1; k < len(a.text); k++ {
				switch a.text[k] {
				case 'i': // the rest is a suffix
					place = true
					break cluster
				case 'E', 'r':
					extended = true
				case 'e':
					if k+1 < len(a.text) {
						add(a.text[k+1:])
					} else if i++; i < len(args) && args[i].known {
						add(args[i].text)
					} else {
						opaque("-e has no expression")
					}
					break cluster
				default:
					opaque("the option -%c", a.text[k])
				}
			}
		case plain == "" && !hasExpression(args):
			plain = a.text
		default:
			files = append(files, p.path(a.text))
		}
	}
	if plain != "" {
		add(plain)
	}
	switch {
	case !place:
		return Line{Kind: Nothing}
	case bad != "":
		return Line{Kind: Opaque, Reason: bad}
	case len(files) == 0 || !read:
		return Line{Kind: Opaque, Reason: "no file is named"}
	}
	l := Line{Kind: Edit}
	for _, f := range files {
		if strings.ContainsAny(f, "*?[") {
			return Line{Kind: Opaque, Reason: "the files are a pattern: " + f}
		}
		l.Commands = append(l.Commands, Command{File: f, Ops: ops})
	}
	return l
}

// hasExpression says that sed's script comes with -e, so that every other argument is a file.
func hasExpression(args []word) bool {
	for _, a := range args {
		if strings.HasPrefix(a.text, "--expression") {
			return true
		}
		if strings.HasPrefix(a.text, "-") && !strings.HasPrefix(a.text, "--") {
			cluster, _, _ := strings.Cut(a.text[1:], "i")
			if strings.Contains(cluster, "e") {
				return true
			}
		}
	}
	return false
}
