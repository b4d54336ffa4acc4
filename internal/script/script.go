// Package script follows a shell script or a Dockerfile over a git tree, and returns what it does to the tree as
// changes of a series, with a result for each line. It runs nothing of the file except its sed commands; a sed.Runner
// isolates these.
//
// Package mvdan.cc/sh parses the shell's syntax, BuildKit's own parser a Dockerfile's. The effect of a command is
// computed on copies in memory. A value that is not in the file (an argument, the environment, the network) is
// unknown: a command that depends on it is reported, and the files that it may change are uncertain from there on.
package script

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/dockerfile"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// maxScript limits the size of a script, in bytes; no person writes a longer one.
const maxScript = 1 << 20

// Source is a script or a Dockerfile.
type Source = shell.Source

// Result is the result of following a script.
type Result struct {
	Imported *importer.Import
	Expected *tree.Tree // the tree that the script produces, if that is certain
	// where the tree is on the script's own disk: an absolute path, or one from the script's folder; "" if unknown
	root     string
	doubts   map[string]int // by path: the line that made it uncertain
	wrote    map[string]int // by path: the last line that was followed and wrote it
	changeAt func(line int) (name, why string)
	source   []string // the script's lines
	steps    []dockerfile.Step
}

// Follow follows a script over the tree. An error is about the file itself, or about reading something.
func Follow(ctx context.Context, src Source, t *tree.Tree, runner sed.Runner) (*Result, error) {
	r, err := follow(ctx, called(src), t, runner)
	if err == nil {
		r.Imported.Lines = withoutCalls(r.Imported.Lines, src)
	}
	return r, err
}

func follow(ctx context.Context, src Source, t *tree.Tree, runner sed.Runner) (*Result, error) {
	if len(src.Data) > maxScript {
		return nil, fault.New(fault.Usage, "a script has at most %d bytes, this one has %d", maxScript,
			len(src.Data)).At(src.File, 0)
	}
	for _, mark := range []string{placeholder.Open, placeholder.Close} {
		if i := bytes.Index(src.Data, []byte(mark)); i >= 0 {
			return nil, fault.New(fault.Usage, "the script has the character U+%04X, which the import uses for its own marks",
				[]rune(mark)[0]).
				At(src.File, 1+bytes.Count(src.Data[:i], []byte("\n")))
		}
	}
	known := sed.NewMemo(runner)
	roots := scriptfiles.Reasons{}
	for pass := range 2 { // the first one finds out where the tree is on the script's own disk
		m := shell.NewMachine(ctx, src, t, known, programs())
		m.World.Assume(roots)
		m.World.First = pass == 0
		steps, err := program(m)
		if err != nil {
			return nil, err
		}
		if err := m.Broken(); err != nil {
			return nil, err
		}
		if m.World.Learned(roots) || m.World.First {
			continue
		}
		return imported(m, steps)
	}
	m := shell.NewMachine(ctx, src, t, known, programs())
	m.World.Assume(roots)
	m.World.Settled = true
	steps, err := program(m)
	if err != nil {
		return nil, err
	}
	if err := m.Broken(); err != nil {
		return nil, err
	}
	return imported(m, steps)
}

// program follows the whole file.
func program(m *shell.Machine) ([]dockerfile.Step, error) {
	if m.Src.Dockerfile {
		return dockerfile.Follow(m)
	}
	file, err := m.Parse(m.Src.File, m.Src.Data, bash.Origin{})
	if err != nil {
		return nil, err
	}
	m.Bash, m.Errexit = bash.Shebang(m.Src.Data)
	m.Follow(file, string(m.Src.Data))
	m.AtExit()
	m.Uncalled(file)
	return nil, nil
}

// ofImage counts the commands of a Dockerfile that change only its image.
func ofImage(lines []importer.ScriptLine) (n int) {
	for _, l := range lines {
		if l.Image {
			n++
		}
	}
	return n
}

// imported converts what was done to changes.
func imported(m *shell.Machine, steps []dockerfile.Step) (*Result, error) {
	out := &importer.Import{}
	if why := m.World.Unproven(); why != "" && len(m.Log.Effects) > 0 {
		first := m.Log.Effects[0]
		m.Undecided(scriptchanges.Spot{Line: first.Line, Text: first.Text}, "tree?: %s; the changes are made as if it "+
			"were, so remove those that are not meant for it", why)
	}
	m.Log.Effects = slices.DeleteFunc(m.Log.Effects, func(e *scriptchanges.Effect) bool { return len(e.Files) == 0 })
	c := scriptchanges.NewCollector(out, m.Src.Name, m.Log)
	m.Log.Settle(c)
	expected, err := m.World.Tree(m.Ctx)
	if err != nil {
		return nil, fmt.Errorf("making the tree that the script leaves: %w", err)
	}
	out.Lines = c.Lines
	sort.SliceStable(out.Lines, func(i, j int) bool { return out.Lines[i].Line < out.Lines[j].Line })
	if n := ofImage(out.Lines); n > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%s %s only the image: what you need of %s belongs in a Dockerfile of "+
			"your own (docs/images.md)", plural.Of(n, "instruction"), plural.Verb(n, "changes", "change"),
			plural.Verb(n, "it", "them")))
	}
	r := &Result{Imported: out, Expected: expected, doubts: map[string]int{}, wrote: map[string]int{}}
	for _, e := range m.Log.Effects {
		for _, w := range e.Files {
			r.wrote[w.Name] = e.Line
		}
	}
	for p, f := range m.World.Over {
		if p.Disk == scriptfiles.InTree && f.Why != "" {
			r.doubts[p.Name] = f.Line
		}
	}
	r.steps = steps
	r.source = strings.Split(string(m.Src.Data), "\n")
	r.changeAt = func(line int) (string, string) { return c.TitleOf(m.Log.Group(line)) }
	for _, root := range m.World.Roots() {
		if rest, inside := scriptfiles.Below(placeholder.Folder, root); inside {
			r.root = "." + strings.TrimPrefix("/"+rest, "/.")
			break
		} else if !placeholder.In(root) {
			r.root = root
			break
		}
	}
	return r, nil
}
