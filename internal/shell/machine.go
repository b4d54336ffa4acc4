// Package shell follows the statements of a shell script over files in memory: words are expanded, redirections, pipes,
// conditions, loops and functions followed, and each simple command handed to the one of its name. A value that the
// script alone does not settle is a placeholder; a condition on one leaves uncertain what its branches change.
package shell

import (
	"context"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/tree"
)

// Status is how a command ended; with why it is not known.
type Status struct {
	Code  int
	Why   string
	named bool // it fails, a person reads why, and `set -e` ends the script here
}

var (
	Succeeded = Status{}
	Failed    = Status{Code: 1}
	Refused   = Status{Code: 1, named: true} // of a patch
)

func Whether(yes bool) Status {
	if yes {
		return Succeeded
	}
	return Failed
}

// Stream is a text that flows between commands; with why not all of it is known.
type Stream struct {
	Data []byte
	Why  string
	End  scriptfiles.Place // the file at whose end it is written
	from scriptfiles.Place // the file that it is
	Name string            // the file's, as the script has it
	Free bool              // its lines are names in the order of a disk, which is another on each machine
}

// Flow is what interrupts the order of commands.
type Flow int

const (
	Onward Flow = iota
	Breaking
	Continuing
	Returning
	Ending // exit
)

// Machine is the state of the shell at one point of the script. A subshell is a clone.
type Machine struct {
	Ctx       context.Context
	Src       Source
	Sed       *sed.Memo
	World     *scriptfiles.World
	Log       *scriptchanges.Log
	commands  Commands
	Steps     *int
	Temporary *int // files of mktemp so far
	calls     *calls

	Text     string      // of the file whose lines are followed
	Origin   bash.Origin // of Text
	stmtFrom int         // where the statement that is followed begins in Text
	own      string      // the file's own path, "" in the script itself
	Bash     bool
	Docker   bool
	Image    bool // the stage of the Dockerfile becomes the image
	Vars     map[string]expand.Variable
	exotic   *bash.Exotic // expansions that the library has not
	Traps    map[string]string
	expanded []Word            // the arguments of the command that comes next
	pipes    []Status          // of the last pipe's commands
	Doubts   map[string]string // variables that are unknown, and why
	Funcs    map[string]function
	unsure   map[string]string // functions that may have been declared
	Params   []string          // $1…; nil: the script's own, which are not known
	Cwd      string            // absolute, on the script's own disk
	Errexit  bool
	Options  options
	guarded  int  // inside conditions, where `set -e` does not count
	caught   bool // in a shell of its own whose failure the script asks for, as in `bash x.sh || …`
	Perhaps  string
	In       *Stream                    // nil: a terminal
	Out      *Stream                    // nil: a terminal
	err      *Stream                    // nil: a terminal
	Reads    map[scriptfiles.Place]bool // what the commands of a pipe's left side read; nil: nobody asks
	piped    map[scriptfiles.Place]bool // what those on the left of this command read, while this one runs
	fds      map[string]*Stream         // what is read from other descriptors
	Status   Status
	Flow     Flow
	Levels   int // loops that break or continue still leaves
	Depth    int
	NestedIn int // subshells
	Loops    int
	mayLeave string           // why the loop that is followed may have ended
	HeldLine int              // a guard on this line failed under `set -e`
	HeldNote int              // the comment under which that was
	locals   map[string]saved // of the function that is followed, nil outside: what its local variables hide
	Zero     string           // $0 within bash -c
	HeldWhy  string
	stmtAt   scriptchanges.Spot // of the statement that is followed
	in       *nestedFile        // the file that is followed, where it is not the script itself
	Folders  []string           // of pushd
	Before   string             // the folder before the last cd
	entered  string             // the folder that the last cd leads to, if there is one
	touched  []string           // why what is expanded is not known
	pattern  string             // the word that is expanded, as the script has it
	ran      bool               // a command substitution ran since this was last set to false
}

func NewMachine(ctx context.Context, src Source, t *tree.Tree, sed *sed.Memo, known Commands) *Machine {
	return &Machine{
		Ctx: ctx, Src: src, Sed: sed, Steps: new(int), Temporary: new(int), Text: string(src.Data), Cwd: placeholder.Folder,
		World:    scriptfiles.NewWorld(ctx, t, src.Beside),
		commands: known, calls: &calls{made: map[*syntax.Stmt]bool{}},
		Log:  scriptchanges.NewLog(src.Data),
		Vars: map[string]expand.Variable{}, Doubts: map[string]string{}, exotic: &bash.Exotic{},
		Traps: map[string]string{},
		Funcs: map[string]function{}, unsure: map[string]string{},
	}
}

// Clone is a subshell: it sees what was there and changes only the files.
func (m *Machine) Clone() *Machine {
	c := *m
	c.Vars, c.Doubts = maps.Clone(m.Vars), maps.Clone(m.Doubts)
	c.Funcs, c.unsure = maps.Clone(m.Funcs), maps.Clone(m.unsure)
	c.Params, c.locals = slices.Clone(m.Params), maps.Clone(m.locals)
	c.Traps, c.expanded = map[string]string{}, nil
	if text, set := m.Traps["ERR"]; set && m.Options.errTrace {
		c.Traps["ERR"] = text
	}
	return &c
}

// Broken is what kept the script from being followed at all.
func (m *Machine) Broken() error {
	if err := m.Ctx.Err(); err != nil {
		return err
	}
	if *m.Steps > MaxSteps {
		return fault.New(fault.Usage, "the script runs more than %d commands (%d bytes of variables' values, %d KiB "+
			"of files that are written, or two files that are copied count as one)", MaxSteps, ValueStep, writtenStep>>10).
			At(m.Src.File, 0).WithHint("shorten its loops, or cut it into several scripts")
	}
	return m.World.Err
}

// Parse reads shell for this machine, which remembers the expansions that the library has not.
func (m *Machine) Parse(name string, data []byte, from bash.Origin) (*syntax.File, error) {
	f, err := bash.Parse(name, data, from)
	if err == nil {
		m.exotic.Take(f)
	}
	return f, err
}

// Follow follows all statements of a file.
func (m *Machine) Follow(f *syntax.File, text string) {
	m.Text = text
	m.Log.Comments(f, m.Origin.Line)
	m.Stmts(f.Stmts)
}

// at is where a node stands.
func (m *Machine) at(n syntax.Node) scriptchanges.Spot {
	return m.spotOf(m.Origin.At(n.Pos()), m.raw(n))
}

// raw is the text of a node.
func (m *Machine) raw(n syntax.Node) string {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if from < 0 || to > len(m.Text) || from > to {
		return ""
	}
	return m.Origin.Written(m.Text, from, to)
}

// Abs is a path of the script as one from its disk's root; false where an unknown part decides where it leads.
func (m *Machine) Abs(name string) (string, bool) {
	if i := strings.Index(name, placeholder.Close); i >= 0 && i+len(placeholder.Close) < len(name) &&
		name[i+len(placeholder.Close)] != '/' {
		// "${DIR}app": the value ends in a slash
		name = name[:i+len(placeholder.Close)] + "/" + name[i+len(placeholder.Close):]
	}
	switch {
	case strings.HasPrefix(name, placeholder.Open):
		name = "/" + name
	case !strings.HasPrefix(name, "/"):
		name = m.Cwd + "/" + name
	}
	if placeholder.IsLost(name) {
		return name, false
	}
	name = path.Clean(name)
	if _, made := m.World.Over[scriptfiles.At(scriptfiles.Outside, name)]; made {
		return name, true
	}
	rest := strings.TrimPrefix(name, placeholder.Folder)
	if i := strings.LastIndex(rest, placeholder.Open); i >= 0 {
		head := strings.Trim(rest[:i], "/")
		if rest != name || head != "" && !strings.HasPrefix(name, "/") ||
			strings.HasSuffix(rest, placeholder.Close) && i > 1 {
			return name, false
		}
		for root := range m.World.Seen {
			if strings.HasPrefix(name, root+"/") && strings.Contains(name[len(root):], placeholder.Open) {
				return name, false
			}
		}
	}
	return name, true
}

// Doubtful is why it is not known where a path of the script leads.
func (m *Machine) Doubtful(w Word) string {
	if why := w.Doubt(); why != "" || !placeholder.IsLost(m.Cwd) {
		return why
	}
	return Word{Text: m.Cwd}.Doubt()
}

// Place finds where a path of the script leads.
func (m *Machine) Place(name string, write bool) (scriptfiles.Place, bool) {
	abs, known := m.Abs(name)
	if !known {
		return scriptfiles.Place{}, false
	}
	return m.World.Follow(m.World.Locate(abs, write), true), true
}

// Source finds the file that a command reads.
func (m *Machine) Source(name string) (scriptfiles.Place, bool) {
	p, known := m.Place(name, false)
	return m.World.Source(p), known
}

// Entry finds what a path of the script names: a link itself, and not what it leads to.
func (m *Machine) Entry(name string) (scriptfiles.Place, bool) {
	abs, known := m.Abs(name)
	if !known {
		return scriptfiles.Place{}, false
	}
	return m.World.Follow(m.World.Locate(abs, false), strings.HasSuffix(name, "/")), true
}

// Source is a script or a Dockerfile.
type Source struct {
	Name       string // of the changes that no comment names
	File       string // as messages show it
	Data       []byte
	Beside     fs.FS // the folder that it lies in; nil where there is none
	Dockerfile bool
	Blobs      Blobs  // of upstream's history; nil: none is known
	Upstream   string // upstream's address; "" if it is not known
}

// Blobs finds a blob that a path of upstream has had, by its first digits. Without one, the error wraps fs.ErrNotExist.
type Blobs interface {
	Expand(ctx context.Context, path, digits string) (tree.ID, error)
}
