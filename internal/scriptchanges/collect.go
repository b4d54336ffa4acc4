package scriptchanges

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// collector turns effects into changes: those under one comment become one change if they are of one kind.
type collector struct {
	out   *importer.Import
	name  string         // of changes that no comment names
	title map[int]string // a group's change, the first one
	notes []Note
	Lines []importer.ScriptLine

	net     net // what the group did, and the changes that it became
	group   int // of what is open
	edits   []series.Edit
	whole   map[string][]byte
	over    map[string][]byte
	removed []*diff.File
	first   map[string]*scriptfiles.File // what the open edits found, by path
	last    map[string]*scriptfiles.File // and left
	paths   map[string]effectKind        // what is open, by the path that it touches
}

// NewCollector returns a collector of all that a log holds.
func NewCollector(out *importer.Import, name string, l *Log) *collector {
	c := &collector{out: out, name: name, title: map[int]string{}, notes: slices.Concat(l.Notes, l.inner), group: -1}
	for _, e := range l.Effects {
		c.add(e)
	}
	c.finish()
	return c
}

// add takes in one effect.
func (c *collector) add(e *Effect) {
	c.begin(e)
	said := ""
	switch e.Kind {
	case Edited:
		said = c.edit(e)
	case Replaced:
		said = c.replace(e)
	case Patched:
		said = c.patch(e)
	}
	if said == "" {
		said = Nothing
	}
	if e.Label != "" {
		said += " (" + e.Label + ")"
	}
	if e.Note != "" {
		said += "; " + e.Note
	}
	f := importer.ScriptLine{Line: e.Line, Text: e.Text, Said: said, Done: true}
	f.Change = c.changeAt(c.group)
	c.Lines = append(c.Lines, f)
	c.net.add(e)
}

// begin ends what is open where an effect stands under another comment.
func (c *collector) begin(e *Effect) {
	group := under(c.notes, e.Line, e.In)
	if group != c.group {
		c.finish()
	}
	c.group = group
}

// changeAt is the name of the first change of a group.
func (c *collector) changeAt(group int) string {
	if name, found := c.title[group]; found {
		return name
	}
	name, _ := c.TitleOf(group)
	return name
}

// TitleOf is the name and the reason that a group's comment gives.
func (c *collector) TitleOf(group int) (name, why string) {
	if group < 0 || group >= len(c.notes) {
		return c.name, ""
	}
	why = c.notes[group].Text
	if name = series.Slug(why); name == "" || len(name) > 40 {
		name = c.name
	}
	return name, why
}

// fresh is the name and the reason of the group's next change.
func (c *collector) fresh() (name, why string) {
	name, why = c.TitleOf(c.group)
	if name = c.out.FreeName(name); c.title[c.group] == "" {
		c.title[c.group] = name
	}
	return name, why
}

// close turns what is open into a change.
func (c *collector) close() {
	c.edits = slices.DeleteFunc(c.edits, func(e series.Edit) bool { // later ones took them back
		return Same(c.first[e.File], c.last[e.File])
	})
	if len(c.edits) > 0 {
		name, why := c.fresh()
		c.out.AddEdits(name, why, c.edits)
	}
	if len(c.whole) > 0 {
		name, why := c.fresh()
		c.out.AddOverlay(name, why, c.whole, c.over)
	}
	if len(c.removed) > 0 {
		name, why := c.fresh()
		c.out.AddDiff(name, why, "", c.removed)
	}
	c.edits, c.whole, c.over, c.removed, c.paths, c.first, c.last = nil, nil, nil, nil, nil, nil, nil
}

// touch notes that an effect of a kind touches a path. Changes of several kinds may be open as long as they touch
// different paths, and each path once but for edits.
func (c *collector) touch(kind effectKind, names ...string) {
	for _, name := range names {
		if old, open := c.paths[name]; open && (old != kind || kind != Edited) {
			c.close()
			break
		}
	}
	if c.paths == nil {
		c.paths = map[string]effectKind{}
	}
	for _, name := range names {
		c.paths[name] = kind
	}
}

// edit adds counted edits, or a patch of the files that they cannot say.
func (c *collector) edit(e *Effect) string {
	matches, files := 0, 0
	var rest []Written
	for _, w := range e.Files {
		if Same(w.Before, w.After) {
			continue
		}
		edits := e.edit(w)
		if edits == nil || !readable(edits) {
			rest = append(rest, w)
			continue
		}
		c.touch(Edited, w.Name)
		if c.first == nil {
			c.first, c.last = map[string]*scriptfiles.File{}, map[string]*scriptfiles.File{}
		}
		if c.first[w.Name] == nil {
			c.first[w.Name] = w.Before
		}
		c.last[w.Name] = w.After
		c.edits = append(c.edits, edits...)
		files++
		for _, one := range edits {
			matches += one.Count
		}
	}
	var parts []string
	if files > 0 {
		parts = append(parts, "edit, "+plural.Of(matches, "match"))
		if files > 1 {
			parts[0] += fmt.Sprintf(" in %d files", files)
		}
	}
	if len(rest) > 0 {
		if rest[0].Before == nil {
			parts = append(parts, c.replace(&Effect{Files: rest}))
		} else {
			parts = append(parts, c.patch(&Effect{Files: rest}))
		}
	}
	return strings.Join(parts, " and ")
}

func Same(a, b *scriptfiles.File) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Mode == b.Mode && bytes.Equal(a.Data, b.Data)
}

// readable reports whether edits can stand in series.toml.
func readable(edits []series.Edit) bool {
	for _, e := range edits {
		if !utf8.ValidString(e.Find+e.Match+e.Replace) || strings.Contains(e.Find+e.Replace, "\x00") ||
			len(e.Find)+len(e.Replace) > 16<<10 {
			return false
		}
	}
	return true
}

// replace adds whole files; those that are no plain files are a patch.
func (c *collector) replace(e *Effect) string {
	var rest []Written
	files, lines := 0, 0
	for _, w := range e.Files {
		switch {
		case Same(w.Before, w.After):
			continue
		case w.After == nil || w.After.Mode != tree.Regular || w.Before != nil && w.Before.Mode != tree.Regular:
			rest = append(rest, w)
			continue
		}
		c.touch(Replaced, w.Name)
		if c.whole == nil {
			c.whole, c.over = map[string][]byte{}, map[string][]byte{}
		}
		c.whole[w.Name] = w.After.Data
		if w.Before != nil {
			c.over[w.Name] = w.Before.Data
		}
		files++
		lines += bytes.Count(w.After.Data, []byte("\n"))
	}
	var parts []string
	if files > 0 {
		parts = append(parts, "overlay, "+plural.Of(files, "file"))
	}
	if len(rest) > 0 {
		parts = append(parts, c.patch(&Effect{Files: rest}))
	}
	return strings.Join(parts, " and ")
}

// patch adds a diff of the files.
func (c *collector) patch(e *Effect) string {
	files, rest := renamed(e.Files)
	for _, w := range rest {
		if f := Between(w); f != nil {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return ""
	}
	if e.Name != "" { // a patch of its owner: a change of its own
		c.close()
		c.named(e, files)
		return fmt.Sprintf("patch %s, %s", path.Base(e.Name), plural.Of(len(files), "file"))
	}
	var names []string
	for _, f := range files {
		for _, name := range []string{f.OldName, f.NewName} {
			if name != "" && (len(names) == 0 || names[len(names)-1] != name) {
				names = append(names, name)
			}
		}
	}
	c.touch(Patched, names...)
	c.removed = append(c.removed, files...)
	return "patch, " + plural.Of(len(files), "file")
}

// named adds a patch that its owner wrote, under its own subject.
func (c *collector) named(e *Effect, files []*diff.File) {
	name, why := series.Slug(e.Title), e.Title
	if name == "" || len(name) > 60 {
		name = series.Slug(path.Base(e.Name))
	}
	if name == "" {
		name, _ = c.TitleOf(c.group)
	}
	if _, comment := c.TitleOf(c.group); why == "" {
		why = comment
	}
	name = c.out.FreeName(name)
	if c.title[c.group] == "" {
		c.title[c.group] = name
	}
	c.out.AddDiff(name, why, e.Head, files)
}
