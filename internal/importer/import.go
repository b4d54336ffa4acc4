// Package importer converts other forms of changes to a series: a quilt series, a folder of patches or a mailbox. The
// result, an Import, has the entries for series.toml and the files that they name. Package script makes an Import
// from a shell script.
package importer

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Limits of one import. Each patch is judged on the tree with those before it, and the result is then checked once
// more.
const (
	maxPatches = 2_000
	maxTouched = 10_000    // changed by all patches
	maxLines   = 1_000_000 // of all patches
)

// inParts is the hint for an import that exceeds a limit.
const inParts = "import it in parts: each run adds its changes behind those of the series"

// Import is the result of an import: changes and their files.
type Import struct {
	Changes []*series.Change
	Files   map[string][]byte // patches and overlay files that the changes name, by their paths below the folder
	From    string            // the script, as its owner named it
	Lines   []ScriptLine      // what became of each line of a script
	Left    []LeftOut         // what was not imported, with the reason
	Notes   []string          // for a person: what was corrected or decided

	numbers  map[string]int // by name: the last number appended to make it unique
	unpacked int            // size of the compressed patches after unpacking, in bytes
	lines    int            // of all patches
	touched  int            // changed by all patches; a file that two of them change counts twice

	Expected *tree.Tree // the tree that the changes have to produce; nil if it is not known
}

// ScriptLine is the result for one line of a script.
type ScriptLine struct {
	Line   int
	Text   string
	In     string // file:line of the command, where it stands in a file that the line runs
	Said   string // "edit, 1 match", "matches nothing", …
	Done   bool   // no decision of a person is needed
	Image  bool   // it changes a Dockerfile's image, and no change of a series can do that
	Gone   string // a file of the line that upstream has removed; package history finds the commit
	Change string // the change that it is part of, or that its comment stands above
	Try    string // a proposed edit
	Next   Next   // how a person may take in what the line does
}

// Next is an import, or an overlay, that takes in by itself what a line of a script does.
type Next struct {
	Import string // what to import: a path beside the script, an address, or a pattern of one
	Path   string // of an overlay: where in the tree
	File   string // of an overlay: the file that its owner has
}

// Empty reports whether nothing is to be written.
func (i *Import) Empty() bool { return len(i.Named()) == 0 && len(i.Lines) == 0 }

// Named returns the changes, and those that wait for a person's word in a comment.
func (i *Import) Named() []*series.Change {
	all := slices.Clone(i.Changes)
	for _, l := range i.Left {
		if l.Waiting != nil {
			all = append(all, l.Waiting)
		}
	}
	return all
}

// Undecided reports whether a person has to look at a line or a patch.
func (i *Import) Undecided() bool { return i.CountUndecided() > 0 }

// CountUndecided returns how many commands of a script and refused patches a person has to look at; each becomes a
// comment in series.toml.
func (i *Import) CountUndecided() int {
	n := 0
	for _, f := range i.Lines {
		if !f.Done {
			n++
		}
	}
	for _, l := range i.Left {
		if !l.Choice {
			n++
		}
	}
	return n
}

// Text returns the changes as entries of series.toml, with comments above them for what is undecided.
func (i *Import) Text() []byte {
	var parts [][]byte
	commented := map[string]bool{}
	comments := func(change string) {
		commented[change] = true
		var b bytes.Buffer
		for _, f := range i.Lines {
			if f.Done || f.Change != change {
				continue
			}
			fmt.Fprintf(&b, "# line %d: %s\n", f.Line, printable(f.Said))
			for line := range strings.Lines(f.Text) {
				fmt.Fprintf(&b, "#     %s\n", printable(strings.TrimRight(line, "\r\n")))
			}
			if f.Try != "" {
				fmt.Fprintf(&b, "# perhaps: %s\n", printable(f.Try))
			}
		}
		if b.Len() > 0 {
			parts = append(parts, b.Bytes())
		}
	}
	for _, c := range i.Changes {
		if !commented[c.Name] {
			comments(c.Name)
		}
		parts = append(parts, c.Text())
	}
	for _, f := range i.Lines {
		if !commented[f.Change] {
			comments(f.Change)
		}
	}
	if left := i.leftOut(); len(left) > 0 {
		parts = append(parts, left)
	}
	return bytes.Join(parts, []byte("\n"))
}

// printable returns a text in a form that a TOML comment can hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// FreeName returns name, or name-2, name-3, … if a change of the import has it already.
func (i *Import) FreeName(name string) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(i.Changes, func(c *series.Change) bool { return c.Name == name }) ||
			slices.ContainsFunc(i.Left, func(l LeftOut) bool { return l.Waiting != nil && l.Waiting.Name == name })
	}
	free, short := name, name[:min(len(name), 60)]
	for n := max(2, i.numbers[short]); taken(free); n++ {
		free = fmt.Sprintf("%s-%d", short, n)
		if i.numbers == nil {
			i.numbers = map[string]int{}
		}
		i.numbers[short] = n
	}
	return free
}

// AddEdits adds a change of counted edits, and returns it. The name must be free.
func (i *Import) AddEdits(name, why string, edits []series.Edit) *series.Change {
	return i.insert(&series.Change{Name: name, Why: why, Kind: series.KindEdit, Edits: edits})
}

// AddOverlay adds a change of whole files, by their paths in the tree. Over has the contents of the files that they
// replace; the change records their checksums.
func (i *Import) AddOverlay(name, why string, files map[string][]byte, over map[string][]byte) *series.Change {
	o := &series.Overlay{Folder: name, Local: map[string]tree.File{}}
	for file, data := range files {
		o.Local[file] = tree.File{Mode: tree.Regular, Data: data}
		i.file(path.Join(series.OverlaysFolder, name, file), data)
		if old, ok := over[file]; ok {
			if o.Over == nil {
				o.Over = map[string]string{}
			}
			o.Over[file] = series.SHA256(old)
		}
	}
	return i.insert(&series.Change{Name: name, Why: why, Kind: series.KindOverlay, Overlay: o})
}

// AddDiff adds a change that is a patch; head is the text above its diff.
func (i *Import) AddDiff(name, why, head string, files []*diff.File) *series.Change {
	file := name + ".patch"
	data := append([]byte(head), diff.Format(files)...)
	i.file(file, data)
	return i.insert(&series.Change{Name: name, Why: why, Kind: series.KindPatch,
		Patch: &series.File{Name: file, Data: data, Strip: 1, Files: files}})
}

// insert sets Required, which the caller may change again, and adds the change.
func (i *Import) insert(c *series.Change) *series.Change {
	c.Required = true
	c.Sum = c.Digest()
	i.Changes = append(i.Changes, c)
	return c
}

// file adds a file that a change names.
func (i *Import) file(name string, data []byte) {
	if i.Files == nil {
		i.Files = map[string][]byte{}
	}
	i.Files[name] = append([]byte{}, data...) // never nil: a file without content is written, not removed
}
