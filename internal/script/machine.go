package script

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// status is how a command ended; with why it is not known.
type status struct {
	code int
	why  string
}

var (
	succeeded = status{}
	failed    = status{code: 1}
)

func ok(yes bool) status {
	if yes {
		return succeeded
	}
	return failed
}

// stream is a text that flows between commands; with why not all of it is known.
type stream struct {
	data []byte
	why  string
	end  place // the file at whose end it is written
	from place // the file that it is
	free bool  // its lines are names in the order of a disk, which is another on each machine
}

// flow is what interrupts the order of commands.
type flow int

const (
	onward flow = iota
	breaking
	continuing
	returning
	ending // exit
)

// machine is the state of the shell at one point of the script. A subshell is a clone.
type machine struct {
	again     []dockerStep // of a Dockerfile, for its sandbox
	ctx       context.Context
	src       Source
	sed       *memo
	world     *world
	log       *log
	steps     *int
	temporary *int // files of mktemp so far

	text     string // of the file whose lines are followed
	shift    int    // added to a line of it
	own      string // the file's own path, "" in the script itself
	bash     bool
	docker   bool
	vars     map[string]expand.Variable
	exotic   *exotic // expansions that the library has not
	traps    map[string]string
	expanded []word            // the arguments of the command that comes next
	pipes    []status          // of the last pipe's commands
	doubts   map[string]string // variables that are unknown, and why
	funcs    map[string]function
	unsure   map[string]string // functions that may have been declared
	params   []string          // $1…; nil: the script's own, which are not known
	cwd      string            // absolute, on the script's own disk
	errexit  bool
	options  options
	guarded  int // inside conditions, where `set -e` does not count
	perhaps  string
	in       *stream            // nil: a terminal
	out      *stream            // nil: a terminal
	err      *stream            // nil: a terminal
	reads    map[place]bool     // what the commands of a pipe's left side read; nil: nobody asks
	piped    map[place]bool     // what those on the left of this command read, while this one runs
	fds      map[string]*stream // what is read from other descriptors
	status   status
	flow     flow
	levels   int // loops that break or continue still leaves
	depth    int
	nestedIn int // subshells
	loops    int
	heldLine int              // a guard on this line failed under `set -e`
	heldNote int              // the comment under which that was
	locals   map[string]saved // of the function that is followed: what its local variables hide
	zero     string           // $0 within bash -c
	heldWhy  string
	stmtAt   spot     // of the statement that is followed
	at       *spot    // the line of the script on which a nested one is called
	inFrom   string   // the file that the input comes from
	folders  []string // of pushd
	before   string   // the folder before the last cd
	touched  []string
}

func newMachine(ctx context.Context, src Source, t *tree.Tree, sed *memo, roots map[string]int) *machine {
	return &machine{
		ctx: ctx, src: src, sed: sed, steps: new(int), temporary: new(int), text: string(src.Data), cwd: start,
		world: &world{ctx: ctx, pinned: t, beside: src.Beside, over: map[place]*file{}, known: map[string]bool{},
			archives: map[string]string{}, seen: maps.Clone(roots)},
		log:  newLog(src.Data),
		vars: map[string]expand.Variable{}, doubts: map[string]string{}, exotic: &exotic{}, traps: map[string]string{},
		funcs: map[string]function{}, unsure: map[string]string{},
	}
}

// clone is a subshell: it sees what was there and changes only the files.
func (m *machine) clone() *machine {
	c := *m
	c.vars, c.doubts = maps.Clone(m.vars), maps.Clone(m.doubts)
	c.funcs, c.unsure = maps.Clone(m.funcs), maps.Clone(m.unsure)
	c.params, c.locals = slices.Clone(m.params), maps.Clone(m.locals)
	c.traps, c.expanded = map[string]string{}, nil
	return &c
}

// broken is what kept the script from being followed at all.
func (m *machine) broken() error {
	if err := m.ctx.Err(); err != nil {
		return err
	}
	if *m.steps > maxSteps {
		return fault.New(fault.Usage, "the script runs more than %d commands (%d bytes of variables' values count as one)",
			maxSteps, valueStep).At(m.src.File, 0)
	}
	return m.world.err
}

// parse reads shell for this machine, which remembers the expansions that the library has not.
func (m *machine) parse(name string, data []byte, line int) (*syntax.File, error) {
	f, err := parse(name, data, line)
	if err == nil {
		m.exotic.take(f)
	}
	return f, err
}

// parse reads shell. Braces are bash's; a script for sh is read as bash's too, whose syntax is sh's and more.
func parse(name string, data []byte, line int) (*syntax.File, error) {
	if at := tooDeep(data); at > 0 {
		return nil, fault.New(fault.Usage, "reading the shell script: more than %d brackets and commands within each "+
			"other, or %d joined", maxNested, maxLinked).At(name, at+line)
	}
	f, err := syntax.NewParser(syntax.KeepComments(true), syntax.Variant(syntax.LangBash)).
		Parse(bytes.NewReader(data), name)
	var wrong syntax.ParseError
	if errors.As(err, &wrong) {
		return nil, fault.New(fault.Usage, "reading the shell script: %s", wrong.Text).At(name, int(wrong.Pos.Line())+line)
	}
	var other syntax.LangError
	if errors.As(err, &other) {
		return nil, fault.New(fault.Usage, "reading the shell script: %s is not valid bash", other.Feature).
			At(name, int(other.Pos.Line())+line)
	}
	if err != nil {
		return nil, fault.New(fault.Usage, "reading the shell script: %w", err).At(name, 0)
	}
	return f, nil
}

// shebang decides which shell the script is for. Without a first line of that kind it is bash, which runs it so.
func (m *machine) shebang(data []byte) {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	m.bash = !bytes.HasPrefix(first, []byte("#!")) || bytes.Contains(first, []byte("bash")) ||
		bytes.Contains(first, []byte("zsh"))
	if bytes.HasPrefix(first, []byte("#!")) && bytes.Contains(first, []byte(" -")) {
		options := string(first[bytes.LastIndex(first, []byte(" -"))+2:])
		m.errexit = strings.Contains(options, "e") && !strings.HasPrefix(options, "-")
	}
}

// follow follows all statements of a file.
func (m *machine) follow(f *syntax.File, text string) {
	m.text = text
	m.log.comments(f, m.shift)
	m.stmts(f.Stmts)
}

// line is the line of the whole source at which a node begins.
func (m *machine) line(n syntax.Node) int {
	if m.at != nil {
		return m.at.line
	}
	return int(n.Pos().Line()) + m.shift
}

// raw is the text of a node.
func (m *machine) raw(n syntax.Node) string {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if from < 0 || to > len(m.text) || from > to {
		return ""
	}
	if m.at != nil {
		return m.at.text + m.text[from:to]
	}
	return m.text[from:to]
}

// abs is a path of the script as one from its disk's root; false where an unknown part decides where it leads.
func (m *machine) abs(name string) (string, bool) {
	if i := strings.Index(name, closed); i >= 0 && i+len(closed) < len(name) && name[i+len(closed)] != '/' {
		name = name[:i+len(closed)] + "/" + name[i+len(closed):] // "${DIR}app": the value ends in a slash
	}
	switch {
	case strings.HasPrefix(name, opened):
		name = "/" + name
	case !strings.HasPrefix(name, "/"):
		name = m.cwd + "/" + name
	}
	name = path.Clean(name)
	if _, made := m.world.over[place{outside, name}]; made {
		return name, true
	}
	rest := strings.TrimPrefix(name, start)
	if i := strings.LastIndex(rest, opened); i >= 0 {
		head := strings.Trim(rest[:i], "/")
		if rest != name || head != "" && !strings.HasPrefix(name, "/") || strings.HasSuffix(rest, closed) && i > 1 {
			return name, false
		}
		for root := range m.world.seen {
			if strings.HasPrefix(name, root+"/") && strings.Contains(name[len(root):], opened) {
				return name, false
			}
		}
	}
	return name, true
}

// place finds where a path of the script leads.
func (m *machine) place(name string, write bool) (place, bool) {
	abs, known := m.abs(name)
	if !known {
		return place{}, false
	}
	return m.world.follow(m.world.locate(abs, write), true), true
}

// entry finds what a path of the script names: a link itself, and not what it leads to.
func (m *machine) entry(name string) (place, bool) {
	abs, known := m.abs(name)
	if !known {
		return place{}, false
	}
	return m.world.follow(m.world.locate(abs, false), strings.HasSuffix(name, "/")), true
}
