package series

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/toml"
	"github.com/howdah/howdah/internal/tree"
)

// Document is a series.toml that is edited in place. Bytes outside the edited entry stay as they are, comments
// included.
type Document struct {
	file string
	data []byte
	root *toml.Value
}

// maxDocument limits a TOML document, in bytes. A series.toml that a person can review is far smaller.
const maxDocument = 4 << 20

// parseTOML parses a TOML file; file is its name in errors.
func parseTOML(file string, data []byte) (*toml.Value, error) {
	doc, err := toml.Read(file, data, maxDocument)
	return doc.Root, err
}

// ParseDocument reads a series.toml to edit; file is its name in errors and in Change.File.
func ParseDocument(file string, data []byte) (*Document, error) {
	d := &Document{file: file}
	return d, d.set(data)
}

func (d *Document) Bytes() []byte { return d.data }

// set replaces the file's bytes, after checking that the new ones are TOML.
func (d *Document) set(data []byte) error {
	root, err := parseTOML(d.file, data)
	if err != nil {
		return err
	}
	d.data, d.root = data, root
	return nil
}

// entry finds a change's table by its name. If several changes have the name, line picks one.
func (d *Document) entry(name string, line int) (*toml.Value, error) {
	var found []*toml.Value
	if k := d.root.Get("change"); k != nil {
		for _, t := range k.Value.List {
			if n := t.Get("name"); n != nil && n.Value.Text == name {
				found = append(found, t)
			}
		}
	}
	if len(found) > 1 && line > 0 { // with one entry, ignore the line: it moves as the file is edited
		found = slices.DeleteFunc(found, func(t *toml.Value) bool { return t.Get("name").Line != line })
	}
	switch len(found) {
	case 0:
		return nil, fault.New(fault.Usage, "there is no change %q", name).At(d.file, 0)
	case 1:
		if found[0].Span == [2]int{} {
			return nil, fault.New(fault.Usage, "change %q is written within a list", name).At(d.file, found[0].Line).
				WithHint("write it below a [[change]] of its own")
		}
		return found[0], nil
	}
	return nil, fault.New(fault.Usage, "change %q is listed %d times", name, len(found)).At(d.file, found[0].Line)
}

func (d *Document) Has(name string) bool {
	k := d.root.Get("change")
	return k != nil && slices.ContainsFunc(k.Value.List, func(t *toml.Value) bool {
		n := t.Get("name")
		return n != nil && n.Value.Text == name
	})
}

// Append adds a change at the end of the file.
func (d *Document) Append(c *Change) error {
	data := bytes.TrimRight(d.data, "\n")
	if len(data) > 0 {
		data = append(data[:len(data):len(data)], "\n\n"...)
	}
	return d.set(append(data, c.Text()...))
}

// Insert adds a change after the one of that name; with after "", before the first.
func (d *Document) Insert(after string, c *Change) error {
	k := d.root.Get("change")
	if k == nil || len(k.Value.List) == 0 {
		return d.Append(c)
	}
	if after == "" {
		first := k.Value.List[0].Span[0]
		return d.replace([2]int{first, first}, append(c.Text(), '\n'))
	}
	list := k.Value.List
	at := slices.IndexFunc(list, func(t *toml.Value) bool { n := t.Get("name"); return n != nil && n.Value.Text == after })
	if at < 0 || at == len(list)-1 || list[at].Span == [2]int{} {
		return d.Append(c)
	}
	end := list[at].Span[1]
	return d.replace([2]int{end, end}, append([]byte("\n"), c.Text()...))
}

const (
	badName  = "change name %q is not of the form [a-z0-9-], at most %d"
	nameHint = "use letters from a to z, digits and dashes, such as post-length"
)

// CheckName returns an error (exit code 2) if no change can have this name.
func CheckName(name string) error {
	if nameForm.MatchString(name) {
		return nil
	}
	return fault.New(fault.Usage, badName, name, MaxName).
		WithHint("%s", nameHint)
}

// CheckEdit refuses an edit that nothing can be appended for, whatever the series and upstream have.
func CheckEdit(name string, e Edit) error {
	if err := e.Check(); err != nil {
		return fault.New(fault.Usage, "%w", err)
	}
	return CheckName(name)
}

// AppendEdit adds an edit: to the change of that name, or as a new change at the end.
func (d *Document) AppendEdit(name, why string, e Edit) error {
	if err := CheckEdit(name, e); err != nil {
		return err
	}
	if !d.Has(name) {
		return d.Append(&Change{Name: name, Why: why, Kind: KindEdit, Edits: []Edit{e}, Required: true})
	}
	t, err := d.entry(name, 0)
	if err != nil {
		return err
	}
	k := t.Get(string(KindEdit))
	switch {
	case k == nil:
		return fault.New(fault.Usage, "change %q has no edits", name).At(d.file, t.Line).
			WithHint("give the edit a change of its own")
	case k.Span == [2]int{}: // [[change.edit]]
		text := fmt.Sprintf("\n[[change.edit]]\nfile = %s\n", tomlString(e.File))
		if e.Match != "" {
			text += "match = " + tomlString(e.Match)
		} else {
			text += "find = " + tomlString(e.Find)
		}
		text += "\nreplace = " + tomlString(e.Replace) + "\n"
		if e.Count > 1 {
			text += fmt.Sprintf("count = %d\n", e.Count)
		}
		return d.replace([2]int{t.Span[1], t.Span[1]}, []byte(text))
	}
	return d.replace(k.Span, insert(d.data[k.Span[0]:k.Span[1]], e.Text()))
}

// insert adds a value at the end of a list "[ … ]", before the comments that follow the last value.
func insert(list []byte, value string) []byte {
	body := list[:len(list)-1] // without the bracket
	end := len(bytes.TrimRight(body, " \t\r\n"))
	lines := bytes.Contains(body, []byte("\n"))
	comma := end
	for comma > 0 { // a comment may follow the last value
		start := bytes.LastIndexByte(body[:comma], '\n') + 1
		line := bytes.TrimSpace(body[start:comma])
		if len(line) > 0 && line[0] != '#' {
			break
		}
		comma = len(bytes.TrimRight(body[:start], " \t\r\n"))
	}
	head := body[:comma:comma]
	if len(head) > 0 && !bytes.HasSuffix(head, []byte(",")) && !bytes.HasSuffix(head, []byte("[")) {
		head = append(head, ',')
	}
	rest := body[comma:end]
	if lines {
		return slices.Concat(head, rest, []byte("\n  "+value+",\n]"))
	}
	return slices.Concat(head, rest, []byte(" "+value+" ]"))
}

func (d *Document) replace(span [2]int, text []byte) error {
	return d.set(slices.Concat(d.data[:span[0]], text, d.data[span[1]:]))
}

// lines extends a part of the file to whole lines.
func (d *Document) lines(span [2]int) [2]int {
	start := bytes.LastIndexByte(d.data[:span[0]], '\n') + 1
	end := len(d.data)
	if i := bytes.IndexByte(d.data[span[1]:], '\n'); i >= 0 {
		end = span[1] + i + 1
	}
	return [2]int{start, end}
}

// setKey sets a key of a change; value is TOML.
func (d *Document) setKey(c *Change, name, value string) error {
	t, err := d.entry(c.Name, c.Line)
	if err != nil {
		return err
	}
	if k := t.Get(name); k != nil && k.Span != [2]int{} {
		text := d.data[k.Span[0]:k.Span[1]]
		return d.replace(k.Span, append(text[:bytes.IndexByte(text, '=')+1:bytes.IndexByte(text, '=')+1], " "+value...))
	}
	after := d.lines(t.Get("name").Span)[1]
	return d.replace([2]int{after, after}, fmt.Appendf(nil, "%s = %s\n", name, value))
}

// rewrite replaces an entry with a change. Blank lines and comments between it and the next entry stay.
func (d *Document) rewrite(t *toml.Value, c *Change) error {
	text := c.Text()
	tail := d.data[t.Span[0]:t.Span[1]]
	if end := len(bytes.TrimRight(tail, "\n")); end < len(tail)-1 {
		text = append(text, strings.Repeat("\n", len(tail)-1-end)...)
	}
	return d.replace(t.Span, text)
}

// Drop removes a change, and the comment right above it.
func (d *Document) Drop(c *Change) error {
	t, err := d.entry(c.Name, c.Line)
	if err != nil {
		return err
	}
	span := t.Span
	for span[0] > 0 {
		start := bytes.LastIndexByte(d.data[:span[0]-1], '\n') + 1
		if !bytes.HasPrefix(bytes.TrimSpace(d.data[start:span[0]]), []byte("#")) {
			break
		}
		span[0] = start
	}
	if start := bytes.TrimRight(d.data[:span[0]], "\n"); span[0] > 0 && len(start) == 0 {
		span[0] = 0
	}
	// The comment at the head of the file belongs to the file, not to the first change.
	if span[0] == 0 && t.Span[0] > 0 && bytes.HasPrefix(bytes.TrimSpace(d.data), []byte("#")) {
		span[0] = t.Span[0]
	}
	rest := bytes.TrimLeft(d.data[span[1]:], "\n")
	head := d.data[:span[0]:span[0]]
	if len(rest) == 0 {
		head = append(bytes.TrimRight(head, "\n"), '\n')
		if len(bytes.TrimSpace(head)) == 0 {
			head = nil
		}
	}
	return d.set(slices.Concat(head, rest))
}

// SetLanded replaces a change with an entry of the kind landed, which keeps its name and why. Landed is
// "owner/repository#N", commit is the upstream commit that contains it.
func (d *Document) SetLanded(c *Change, landed string, commit tree.ID) error {
	t, err := d.entry(c.Name, c.Line)
	if err != nil {
		return err
	}
	if _, err := pullref.Parse(landed); err != nil || !commit.Valid() {
		return fault.New(fault.Usage, "%q at %q is not a proof", landed, commit)
	}
	proof := &Change{Name: c.Name, Why: c.Why, Kind: KindLanded, Landed: landed, Commit: commit, Required: c.Required,
		For: c.For}
	return d.rewrite(t, proof)
}
