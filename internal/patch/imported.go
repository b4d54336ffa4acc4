package patch

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

// Imported is changes made of what somebody had before.
type Imported struct {
	Changes []*Change
	Files   map[string][]byte // patches and overlay files that the changes name, by their paths below the folder
	Fates   []Fate            // of a script's lines

	Expected *tree.Tree // what the changes have to make of upstream's tree; nil where nothing but them says that
}

// Fate is what became of one line of a script.
type Fate struct {
	Line   int
	Text   string
	Said   string // "edit, 1 match", "matches nothing", …
	Done   bool   // nothing is left for a person to decide
	Gone   string // the file that is gone; history knows since when
	Change string // the change that it went into, or stands beside
	Try    string // an edit that may be meant
}

// Undecided says that a person has to look at some line.
func (i *Imported) Undecided() bool { return i.CountUndecided() > 0 }

// CountUndecided is how many of a script's lines a person has to look at.
func (i *Imported) CountUndecided() int {
	lines := map[int]bool{}
	for _, f := range i.Fates {
		if !f.Done {
			lines[f.Line] = true
		}
	}
	return len(lines)
}

// Text gives the changes as entries of series.toml, with what is undecided as comments above them.
func (i *Imported) Text() []byte {
	var parts [][]byte
	told := map[string]bool{}
	comments := func(change string) {
		told[change] = true
		var b bytes.Buffer
		for _, f := range i.Fates {
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
	for _, f := range i.Fates {
		if !told[f.Change] {
			comments(f.Change)
		}
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

// Slug makes a change's name of a title; "" where nothing of it can stand in a name.
func Slug(title string) string { return slug(title) }

// FreeName is name, or name-2, name-3, … where a change of the import has it already.
func (i *Imported) FreeName(name string) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(i.Changes, func(c *Change) bool { return c.Name == name })
	}
	free := name
	for n := 2; taken(free); n++ {
		free = fmt.Sprintf("%s-%d", name[:min(len(name), 60)], n)
	}
	return free
}

// AddEdits adds a change of counted edits.
func (i *Imported) AddEdits(name, why string, edits []Edit) *Change {
	return i.insert(&Change{Name: name, Why: why, Kind: KindEdit, Edits: edits})
}

// AddOverlay adds a change of whole files, by their paths in the tree; over has the checksums of those that they replace.
func (i *Imported) AddOverlay(name, why string, files map[string][]byte, over map[string][]byte) *Change {
	o := &Overlay{Folder: name, Local: map[string]tree.File{}}
	for file, data := range files {
		o.Local[file] = tree.File{Mode: tree.Regular, Data: data}
		i.file(path.Join(overlays, name, file), data)
		if old, ok := over[file]; ok {
			if o.Over == nil {
				o.Over = map[string]string{}
			}
			o.Over[file] = sha256Hex(old)
		}
	}
	return i.insert(&Change{Name: name, Why: why, Kind: KindOverlay, Overlay: o})
}

// AddDiff adds a change that is a patch; head stands above its diff.
func (i *Imported) AddDiff(name, why, head string, files []*diff.File) *Change {
	file := name + ".patch"
	data := append([]byte(head), diff.Format(files)...)
	i.file(file, data)
	return i.insert(&Change{Name: name, Why: why, Kind: KindPatch, Patch: &File{Name: file, Data: data, Strip: 1, Files: files}})
}

// insert adds a change that is complete.
func (i *Imported) insert(c *Change) *Change {
	c.Required = true
	c.Sum = c.sum()
	i.Changes = append(i.Changes, c)
	return c
}

// file adds a file that changes name.
func (i *Imported) file(name string, data []byte) {
	if i.Files == nil {
		i.Files = map[string][]byte{}
	}
	i.Files[name] = data
}

// ReadDiff reads a patch file in any of the forms that folders of patches have; strip is how many leading parts of a
// path are not part of it.
func ReadDiff(name string, data []byte, strip int) ([]*diff.File, error) {
	f := &File{Name: name, Data: data, Strip: strip, quilt: true}
	if refused := f.parse(nil); refused != nil {
		return nil, refused
	}
	return f.Files, nil
}

// Do makes the edit on a text, however often its text stands there.
func (e *Edit) Do(data []byte) (out []byte, matches int, err error) {
	if err := e.check(); err != nil {
		return nil, 0, err
	}
	spans := e.find(data)
	if len(spans) == 0 {
		return data, 0, errors.New("its text is not found")
	}
	return e.replace(data, spans), len(spans), nil
}

// Text gives the edit as a table of one line, as series.toml has it.
func (e Edit) Text() string { return e.text() }
