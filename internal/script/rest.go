package script

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// TakeRest adds what the script changed in its sandbox beyond what was followed: a patch for each line whose command
// may have caused it, under that line's comment. This decides the lines that ran, except for those that depend on a
// value which only the owner's shell has.
func (r *Result) TakeRest(ctx context.Context, ran *tree.Tree) error {
	deltas, err := tree.Compare(ctx, r.Expected, ran)
	if err != nil {
		return err
	}
	read := func(t *tree.Tree, e tree.Entry) (*scriptfiles.File, error) {
		if e.ID == "" {
			return nil, nil
		}
		data, err := t.Blob(ctx, e.ID)
		return &scriptfiles.File{Data: data, Mode: e.Mode}, err
	}
	byLine := map[int][]*diff.File{}
	for _, d := range deltas {
		w := scriptchanges.Written{Name: d.Path}
		if w.Before, err = read(r.Expected, d.Old); err != nil {
			return err
		}
		if w.After, err = read(ran, d.New); err != nil {
			return err
		}
		line := r.lineOf(d.Path)
		byLine[line] = append(byLine[line], scriptchanges.Between(w))
	}
	names := map[int]string{}
	for _, line := range slices.Sorted(maps.Keys(byLine)) {
		name, why := r.changeAt(line)
		names[line] = r.Imported.FreeName(name)
		r.Imported.AddDiff(names[line], why, "", byLine[line])
	}
	open := map[int]bool{} // lines with something undecided, whose comment is kept
	for _, f := range r.Imported.Lines {
		open[f.Line] = open[f.Line] || !f.Done
	}
	for i := range r.Imported.Lines {
		f := &r.Imported.Lines[i]
		_, uncertain, _ := strings.Cut(f.Said, " is uncertain: ")
		if n := len(byLine[f.Line]); f.Done && n > 0 && f.Said != scriptchanges.Nothing && !open[f.Line] {
			f.Said += fmt.Sprintf("; in the sandbox it had another result: patch, %s", plural.Of(n, "file"))
		}
		if f.Done || !strings.HasPrefix(f.Said, "not expressible: ") && uncertain == "" {
			continue
		}
		if ofOutside(f.Said) {
			f.Said += "; in the sandbox it was empty"
			continue
		}
		f.Done, f.Said = true, "ran in the sandbox"
		if n := len(byLine[f.Line]); n > 0 {
			f.Said += fmt.Sprintf(": patch, %s", plural.Of(n, "file"))
			f.Change = names[f.Line]
		}
	}
	r.Expected = ran
	return nil
}

// printed are programs whose output differs between machines, or that need a network.
var printed = shell.Set("curl wget git date hostname whoami id uname nproc env printenv pwd df free")

// ofOutside reports whether a line depends on something that a sandbox does not have: arguments, an environment, a
// network. The tree's own files are the same there.
func ofOutside(said string) bool {
	_, value, found := strings.Cut(said, "a value that is known only at run time: ")
	if !found {
		return strings.Contains(said, "the network") || strings.Contains(said, "it downloads")
	}
	program, isOutput := strings.CutPrefix(value, "what ")
	program, _, ends := strings.Cut(program, " prints")
	return !isOutput || !ends || printed[program]
}

// lineOf returns the line whose command probably changed a file: the one that made the file uncertain, or else one
// that names its path, or else the one that was followed and wrote it, or else one with its base name, or else the
// first line that is not followed.
func (r *Result) lineOf(name string) int {
	if line := r.doubts[name]; line != 0 {
		return line
	}
	best, found := 0, -1
	for i, f := range r.Imported.Lines {
		if f.Done || !strings.HasPrefix(f.Said, "not expressible: ") {
			continue
		}
		end := len(r.source)
		for _, next := range r.Imported.Lines[i+1:] {
			if next.Line > f.Line {
				end = next.Line - 1
				break
			}
		}
		if n := mentions(strings.Join(r.source[min(f.Line-1, end):end], "\n"), name); n > found {
			best, found = f.Line, n
		}
	}
	if line := r.wrote[name]; line != 0 && found < 2 {
		return line
	}
	return best
}

// mentions rates how surely a command names a file: by its path, by its base name, or not at all.
func mentions(command, name string) int {
	switch {
	case strings.Contains(command, name):
		return 2
	case strings.Contains(command, path.Base(name)):
		return 1
	}
	return 0
}
