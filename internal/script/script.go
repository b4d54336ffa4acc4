// Package script follows a shell script or a Dockerfile over a git tree: the file as its owner has it and the tree go
// in; what it does to the tree comes out as changes of a series, with what became of each line. Nothing of the file is
// run but its sed commands, by Sed, which has to keep them from everything else.
//
// The shell's syntax is read by mvdan.cc/sh, a Dockerfile's by BuildKit's own parser. What a command would do is
// worked out on copies in memory. A value that the file alone does not settle (an argument, the environment, the
// network) is unknown: a command that depends on it is named, and the files that it may touch are uncertain from there.
//
// Size: about a file for each command that scripts use (sed, grep, find, patch, tar, xargs, test, …) and for each form
// of the shell's and of the Dockerfile's syntax. All of them work on the same machine, with its files, variables and
// doubts; a package a command would export the machine to forty packages that nothing else uses.
package script

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/tree"
)

const (
	maxScript       = 1 << 20  // bytes of a script that a person can have written
	maxInstructions = 10_000   // of a Dockerfile
	maxSteps        = 10_000   // commands that are followed, loops unrolled
	maxOutput       = 16 << 20 // bytes of one file or output
	copyStep        = 2        // files that are copied and count as a command
	valueStep       = 1 << 10  // bytes of values that count as a command, each time they are put in
	maxRuns         = 500      // different sed commands that are run
	maxBeyond       = 1        // sed commands that may need more than they may
	maxLinked       = 2_000    // commands that | && || join
	maxNested       = 10_000   // brackets and compound commands within each other
)

// Source is a script or a Dockerfile.
type Source struct {
	Name       string // of the changes that no comment names
	File       string // as messages show it
	Data       []byte
	Beside     fs.FS // the folder that it lies in; nil where there is none
	Dockerfile bool
}

// Sed runs one sed command where it reaches nothing but the texts that it is given.
type Sed interface {
	Run(ctx context.Context, c SedCall) (SedResult, error)
}

// SedCall is one sed command.
type SedCall struct {
	Flags   []string    // of -E, -n, -s, -z, -u and their like: no expression, no file
	Scripts []SedScript // in order
	InPlace bool
	Files   []SedFile // none: Input is read
	Input   []byte
	Bytes   bool // characters are bytes, as in the locale C; otherwise UTF-8
}

// SedScript is one -e or the content of one -f.
type SedScript struct {
	Text string
	File bool
}

// SedFile is a copy of a file that sed may read and, in place, write.
type SedFile struct {
	Name string
	Data []byte
}

// SedResult is what sed made.
type SedResult struct {
	Files  [][]byte // as sed left them
	Output []byte
	Code   int
	Errors string // what it printed on standard error
	Beyond bool   // it needed more than it may
}

// Result is a script that was followed.
type Result struct {
	Imported *importer.Import
	Expected *tree.Tree // what the script makes of the tree, where that is certain
	// where the tree lies on the script's own disk: absolute, or from the script's folder; "" unknown
	root     string
	doubts   map[string]int // by path, the line that makes it uncertain
	changeAt func(line int) (name, why string)
	source   []string // the script's lines
	steps    []dockerStep
}

// Follow follows a script over the tree. The error is about the file itself, or what could not be read.
func Follow(ctx context.Context, src Source, t *tree.Tree, sed Sed) (*Result, error) {
	if len(src.Data) > maxScript {
		return nil, fault.New(fault.Usage, "a script has at most %d bytes, this one has %d", maxScript,
			len(src.Data)).At(src.File, 0)
	}
	for _, mark := range []string{opened, closed} {
		if i := bytes.Index(src.Data, []byte(mark)); i >= 0 {
			return nil, fault.New(fault.Usage, "the script has the character U+%04X, which the import uses for its own marks",
				[]rune(mark)[0]).
				At(src.File, 1+bytes.Count(src.Data[:i], []byte("\n")))
		}
	}
	known := &memo{sed: sed, done: map[string]SedResult{}}
	roots := map[string]int{}
	for range 2 { // the first pass learns where in the script's own disk the tree lies
		m := newMachine(ctx, src, t, known, roots)
		if err := m.program(); err != nil {
			return nil, err
		}
		if err := m.broken(); err != nil {
			return nil, err
		}
		if m.world.learned(roots) {
			continue
		}
		return m.result()
	}
	m := newMachine(ctx, src, t, known, roots)
	m.world.settled = true
	if err := m.program(); err != nil {
		return nil, err
	}
	if err := m.broken(); err != nil {
		return nil, err
	}
	return m.result()
}

// program follows the whole file.
func (m *machine) program() error {
	if m.src.Dockerfile {
		return m.dockerfile()
	}
	file, err := m.parse(m.src.File, m.src.Data, 0)
	if err != nil {
		return err
	}
	m.shebang(m.src.Data)
	m.follow(file, string(m.src.Data))
	m.atExit()
	return nil
}

// result makes changes of what was done.
func (m *machine) result() (*Result, error) {
	out := &importer.Import{}
	c := &collector{out: out, name: m.src.Name, title: map[int]string{}, notes: m.log.notes, group: -1}
	for _, e := range m.log.effects {
		if err := c.add(m.ctx, e, m.world); err != nil {
			return nil, err
		}
	}
	c.finish()
	m.log.settle(c)
	expected, err := m.world.tree(m.ctx)
	if err != nil {
		return nil, fmt.Errorf("making the tree that the script leaves: %w", err)
	}
	out.Lines = c.fates
	sort.SliceStable(out.Lines, func(i, j int) bool { return out.Lines[i].Line < out.Lines[j].Line })
	r := &Result{Imported: out, Expected: expected, doubts: map[string]int{}}
	for p, f := range m.world.over {
		if p.disk == inTree && f.why != "" {
			r.doubts[p.name] = f.line
		}
	}
	r.steps = m.again
	r.source = strings.Split(string(m.src.Data), "\n")
	r.changeAt = func(line int) (string, string) { return c.titleOf(m.log.group(line)) }
	for _, root := range m.world.roots() {
		if rest, inside := below(start, root); inside {
			r.root = "." + strings.TrimPrefix("/"+rest, "/.")
			break
		} else if !isMarked(root) {
			r.root = root
			break
		}
	}
	return r, nil
}

// memo keeps what sed made, since a script is followed more than once.
type memo struct {
	sed    Sed
	done   map[string]SedResult
	beyond int // commands that needed more than they may
}

func (k *memo) run(ctx context.Context, c SedCall) (SedResult, error) {
	var key bytes.Buffer
	fmt.Fprintf(&key, "%q %v %v %q", c.Flags, c.InPlace, c.Bytes, c.Input)
	for _, s := range c.Scripts {
		fmt.Fprintf(&key, " %q %v", s.Text, s.File)
	}
	for _, f := range c.Files {
		fmt.Fprintf(&key, " %q %s", f.Name, tree.BlobID(f.Data))
	}
	if r, ok := k.done[key.String()]; ok {
		return r, nil
	}
	if len(k.done) == maxRuns {
		return SedResult{}, fault.New(fault.Usage, "more than %d sed commands that differ", maxRuns)
	}
	r, err := k.sed.Run(ctx, c)
	if r.Beyond {
		if k.beyond++; k.beyond > maxBeyond {
			return r, fault.New(fault.Usage, "more than %d sed commands need more time, memory or output than they may",
				maxBeyond)
		}
	}
	if err == nil {
		k.done[key.String()] = r
	}
	return r, err
}

// base is a path's last part, for messages.
func base(name string) string { return path.Base(name) }
