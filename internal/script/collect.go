package script

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// collector makes changes of effects: those under one comment become one change, as far as they are of one kind.
type collector struct {
	out   *importer.Import
	name  string         // of changes that no comment names
	title map[int]string // a group's change, the first one
	notes []note
	fates []importer.ScriptLine

	net     net // what the group did, and the changes that it became
	group   int // of what is open
	edits   []series.Edit
	whole   map[string][]byte
	over    map[string][]byte
	removed []*diff.File
	first   map[string]*file      // what the open edits found, by path
	last    map[string]*file      // and left
	paths   map[string]effectKind // what is open, by the path that it touches
}

// add takes in one effect.
func (c *collector) add(_ context.Context, e *effect, w *world) error {
	c.begin(e)
	said := ""
	switch e.kind {
	case edited:
		said = c.edit(e)
	case replaced:
		said = c.replace(e)
	case patched:
		said = c.patch(e)
	}
	if said == "" {
		said = nothing
	}
	if e.label != "" {
		said += " (" + e.label + ")"
	}
	if e.note != "" {
		said += "; " + e.note
	}
	f := importer.ScriptLine{Line: e.line, Text: e.text, Said: said, Done: true}
	f.Change = c.changeAt(c.group)
	c.fates = append(c.fates, f)
	c.net.add(e)
	return nil
}

// begin ends what is open where an effect stands under another comment.
func (c *collector) begin(e *effect) {
	group := -1
	for i, n := range c.notes {
		if n.line < e.line {
			group = i
		}
	}
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
	name, _ := c.titleOf(group)
	return name
}

// titleOf is the name and the reason that a group's comment gives.
func (c *collector) titleOf(group int) (name, why string) {
	if group < 0 || group >= len(c.notes) {
		return c.name, ""
	}
	why = c.notes[group].text
	if name = series.Slug(why); name == "" || len(name) > 40 {
		name = c.name
	}
	return name, why
}

// fresh is the name and the reason of the group's next change.
func (c *collector) fresh() (name, why string) {
	name, why = c.titleOf(c.group)
	if name = c.out.FreeName(name); c.title[c.group] == "" {
		c.title[c.group] = name
	}
	return name, why
}

// close makes a change of what is open.
func (c *collector) close() {
	c.edits = slices.DeleteFunc(c.edits, func(e series.Edit) bool { // later ones took them back
		return same(c.first[e.File], c.last[e.File])
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
		if old, open := c.paths[name]; open && (old != kind || kind != edited) {
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
func (c *collector) edit(e *effect) string {
	matches, files := 0, 0
	var rest []written
	for _, w := range e.files {
		if same(w.before, w.after) {
			continue
		}
		edits := e.edit(w)
		if edits == nil || !readable(edits) {
			rest = append(rest, w)
			continue
		}
		c.touch(edited, w.name)
		if c.first == nil {
			c.first, c.last = map[string]*file{}, map[string]*file{}
		}
		if c.first[w.name] == nil {
			c.first[w.name] = w.before
		}
		c.last[w.name] = w.after
		c.edits = append(c.edits, edits...)
		files++
		for _, one := range edits {
			matches += one.Count
		}
	}
	var parts []string
	if files > 0 {
		parts = append(parts, "edit, "+plural(matches, "match"))
		if files > 1 {
			parts[0] += fmt.Sprintf(" in %d files", files)
		}
	}
	if len(rest) > 0 {
		if rest[0].before == nil {
			parts = append(parts, c.replace(&effect{files: rest}))
		} else {
			parts = append(parts, c.patch(&effect{files: rest}))
		}
	}
	return strings.Join(parts, " and ")
}

func same(a, b *file) bool {
	return a == nil && b == nil || a != nil && b != nil && a.mode == b.mode && bytes.Equal(a.data, b.data)
}

// readable says that edits can stand in series.toml.
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
func (c *collector) replace(e *effect) string {
	var rest []written
	files, lines := 0, 0
	for _, w := range e.files {
		switch {
		case same(w.before, w.after):
			continue
		case w.after == nil || w.after.mode != tree.Regular || w.before != nil && w.before.mode != tree.Regular:
			rest = append(rest, w)
			continue
		}
		c.touch(replaced, w.name)
		if c.whole == nil {
			c.whole, c.over = map[string][]byte{}, map[string][]byte{}
		}
		c.whole[w.name] = w.after.data
		if w.before != nil {
			c.over[w.name] = w.before.data
		}
		files++
		lines += bytes.Count(w.after.data, []byte("\n"))
	}
	var parts []string
	if files > 0 {
		parts = append(parts, "overlay, "+plural(files, "file"))
	}
	if len(rest) > 0 {
		parts = append(parts, c.patch(&effect{files: rest}))
	}
	return strings.Join(parts, " and ")
}

// patch adds a diff of the files.
func (c *collector) patch(e *effect) string {
	files, rest := renamed(e.files)
	for _, w := range rest {
		if f := between(w); f != nil {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return ""
	}
	if e.name != "" { // a patch of its owner: a change of its own
		c.close()
		c.named(e, files)
		return fmt.Sprintf("patch %s, %s", path.Base(e.name), plural(len(files), "file"))
	}
	var names []string
	for _, f := range files {
		for _, name := range []string{f.OldName, f.NewName} {
			if name != "" && (len(names) == 0 || names[len(names)-1] != name) {
				names = append(names, name)
			}
		}
	}
	c.touch(patched, names...)
	c.removed = append(c.removed, files...)
	return "patch, " + plural(len(files), "file")
}

// named adds a patch that its owner wrote, under its own subject.
func (c *collector) named(e *effect, files []*diff.File) {
	name, why := series.Slug(e.title), e.title
	if name == "" || len(name) > 60 {
		name = series.Slug(path.Base(e.name))
	}
	if name == "" {
		name, _ = c.titleOf(c.group)
	}
	if _, comment := c.titleOf(c.group); why == "" {
		why = comment
	}
	name = c.out.FreeName(name)
	if c.title[c.group] == "" {
		c.title[c.group] = name
	}
	c.out.AddDiff(name, why, e.head, files)
}
