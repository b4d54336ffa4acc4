// Package importer turns what somebody had before into changes: a quilt series, a folder of patches or a mailbox goes
// in; an Import, with entries for series.toml and the files that they name, comes out. Package script fills an Import
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

// What an import may hold at most: each patch is judged on what those before it leave, and then proven once more.
const (
	maxPatches = 2_000
	maxTouched = 10_000    // files that all patches change
	maxLines   = 1_000_000 // of all patches
)

// inParts is what to do with more than that.
const inParts = "import it in parts: each run adds its changes behind those of the series"

// Import is changes made of what somebody had before.
type Import struct {
	Changes []*series.Change
	Files   map[string][]byte // patches and overlay files that the changes name, by their paths below the folder
	Lines   []ScriptLine      // of a script's lines
	Left    []LeftOut         // what was not imported, with the reason
	Notes   []string          // what was mended or decided, for a person

	numbers  map[string]int // the last behind a name that was taken
	unpacked int            // bytes of packed patches, unpacked
	lines    int            // of all patches
	touched  int            // files that all patches change, one that two change counted twice

	Expected *tree.Tree // what the changes have to make of upstream's tree; nil where nothing but them says that
}

// ScriptLine is what became of one line of a script.
type ScriptLine struct {
	Line   int
	Text   string
	Said   string // "edit, 1 match", "matches nothing", …
	Done   bool   // nothing is left for a person to decide
	Gone   string // the file that is gone; history knows since when
	Change string // the change that it went into, or stands beside
	Try    string // an edit that may be meant
}

// Undecided says that a person has to look at some line.
func (i *Import) Undecided() bool { return i.CountUndecided() > 0 }

// CountUndecided is how many of a script's commands, and of the patches that were refused, a person has to look at:
// each is a comment in series.toml.
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

// Text gives the changes as entries of series.toml, with what is undecided as comments above them.
func (i *Import) Text() []byte {
	var parts [][]byte
	told := map[string]bool{}
	comments := func(change string) {
		told[change] = true
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
		if !told[c.Name] {
			comments(c.Name)
		}
		parts = append(parts, c.Text())
	}
	for _, f := range i.Lines {
		if !told[f.Change] {
			comments(f.Change)
		}
	}
	if left := i.leftOut(); len(left) > 0 {
		parts = append(parts, left)
	}
	return bytes.Join(parts, []byte("\n"))
}

// printable is a text as a comment in TOML can hold it.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// FreeName is name, or name-2, name-3, … where a change of the import has it already.
func (i *Import) FreeName(name string) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(i.Changes, func(c *series.Change) bool { return c.Name == name })
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

// AddEdits adds a change of counted edits under a name that must be free, and returns it.
func (i *Import) AddEdits(name, why string, edits []series.Edit) *series.Change {
	return i.insert(&series.Change{Name: name, Why: why, Kind: series.KindEdit, Edits: edits})
}

// AddOverlay adds a change of whole files, by their paths in the tree; over has the contents of those that they
// replace, whose checksums the change records.
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

// AddDiff adds a change that is a patch; head stands above its diff.
func (i *Import) AddDiff(name, why, head string, files []*diff.File) *series.Change {
	file := name + ".patch"
	data := append([]byte(head), diff.Format(files)...)
	i.file(file, data)
	return i.insert(&series.Change{Name: name, Why: why, Kind: series.KindPatch,
		Patch: &series.File{Name: file, Data: data, Strip: 1, Files: files}})
}

// insert makes a change required, which whoever imports may then alter, and adds it.
func (i *Import) insert(c *series.Change) *series.Change {
	c.Required = true
	c.Sum = c.Digest()
	i.Changes = append(i.Changes, c)
	return c
}

// file adds a file that changes name.
func (i *Import) file(name string, data []byte) {
	if i.Files == nil {
		i.Files = map[string][]byte{}
	}
	i.Files[name] = data
}
