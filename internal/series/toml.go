package series

import (
	"bytes"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/howdah/howdah/internal/toml"
)

// maxDocument limits a TOML document, in bytes. A series.toml that a person can review is far smaller.
const maxDocument = 4 << 20

// value is a TOML value with its line. Tables keep the order of their keys.
type value struct {
	kind unstable.Kind // String, Integer, Bool, …; Array; Table
	text string        // of a scalar: a string's content, otherwise the source text
	line int
	list []*value
	keys []*key
	span [2]int // of a [[table]]: from its header to the end of its last line
}

type key struct {
	name  string
	line  int
	value *value
	span  [2]int // of "name = value" in the file; empty for a table with a header of its own
}

// get returns a key of a table, or nil.
func (v *value) get(name string) *key {
	for _, k := range v.keys {
		if k.name == name {
			return k
		}
	}
	return nil
}

// parseTOML parses a TOML file. It reports duplicate keys itself, with both lines; other mistakes are reported by
// toml.Read.
func parseTOML(file string, data []byte) (*value, error) {
	d := &reader{file: file, data: data, root: &value{kind: unstable.Table, line: 1}}
	if _, err := toml.Read(file, data, maxDocument, d.locate); err != nil {
		return nil, err
	}
	return d.root, nil
}

// reader builds a value from the expressions that go-toml's parser returns.
type reader struct {
	file   string
	data   []byte
	lines  toml.Lines
	parser unstable.Parser
	root   *value
	table  *value // the table that the next keys belong to
	entry  *value // the last [[table]], whose span is still growing
}

// locate reads the expressions of the document, up to the first that is not TOML.
func (d *reader) locate(lines toml.Lines) error {
	d.lines, d.table = lines, d.root
	d.parser.Reset(d.data)
	for d.parser.NextExpression() {
		if err := d.expression(d.parser.Expression()); err != nil {
			return err
		}
	}
	return nil
}

func (d *reader) expression(e *unstable.Node) error {
	switch e.Kind {
	case unstable.Table, unstable.ArrayTable:
		names, line := d.names(e)
		t := d.root
		for i, name := range names {
			if t.kind != unstable.Table {
				return nil // go-toml reports this with both lines; leave it to the decoder
			}
			last := i == len(names)-1
			k := t.get(name)
			if k == nil {
				k = &key{name: name, line: line, value: &value{kind: unstable.Table, line: line}}
				if last && e.Kind == unstable.ArrayTable {
					k.value.kind = unstable.Array
				}
				t.keys = append(t.keys, k)
			}
			if t = k.value; t.kind == unstable.Array {
				if last && e.Kind == unstable.ArrayTable {
					t.list = append(t.list, &value{kind: unstable.Table, line: line})
				}
				if len(t.list) == 0 {
					return nil
				}
				t = t.list[len(t.list)-1]
			}
		}
		d.table = t
		at := d.offset(e)
		if e.Kind == unstable.ArrayTable && len(names) == 1 {
			start := bytes.LastIndexByte(d.data[:at], '\n') + 1
			t.span, d.entry = [2]int{start, start}, t
		} else if e.Kind == unstable.Table && len(names) == 1 {
			d.entry = nil
		}
		d.grow(at)
	case unstable.KeyValue:
		k, err := d.assign(d.table, e)
		if err != nil {
			return err
		}
		d.grow(k.span[1])
	}
	return nil
}

// grow extends the span of the last [[table]] to the end of the line at offset.
func (d *reader) grow(offset int) {
	if d.entry == nil {
		return
	}
	end := len(d.data)
	if i := bytes.IndexByte(d.data[offset:], '\n'); i >= 0 {
		end = offset + i + 1
	}
	d.entry.span[1] = end
}

// offset returns the end of the last part of a header's key.
func (d *reader) offset(e *unstable.Node) (at int) {
	for keys := e.Key(); keys.Next(); {
		raw := keys.Node().Raw
		at = int(raw.Offset + raw.Length)
	}
	return at
}

// names returns the parts of a node's key, and its line.
func (d *reader) names(e *unstable.Node) (names []string, line int) {
	for keys := e.Key(); keys.Next(); {
		names = append(names, string(keys.Node().Data))
		line = d.lines.At(keys.Node().Raw.Offset)
	}
	return names, line
}

// assign adds a key and its value to a table, and creates the tables that a dotted key names.
func (d *reader) assign(t *value, e *unstable.Node) (*key, error) {
	names, line := d.names(e)
	for _, name := range names[:len(names)-1] {
		k := t.get(name)
		if k == nil {
			k = &key{name: name, line: line, value: &value{kind: unstable.Table, line: line}}
			t.keys = append(t.keys, k)
		}
		t = k.value
	}
	name := names[len(names)-1]
	if old := t.get(name); old != nil {
		return nil, toml.Twice(d.file, name, line, old.line)
	}
	v, err := d.value(e.Value(), line)
	k := &key{name: name, line: line, value: v, span: [2]int{int(e.Raw.Offset), int(e.Raw.Offset + e.Raw.Length)}}
	t.keys = append(t.keys, k)
	return k, err
}

// value reads one value. The parser has no line for lists and inline tables; line is then used.
func (d *reader) value(n *unstable.Node, line int) (*value, error) {
	if n.Raw.Length > 0 {
		line = d.lines.At(n.Raw.Offset)
	}
	v := &value{kind: n.Kind, line: line}
	switch n.Kind {
	case unstable.Array:
		for c := n.Children(); c.Next(); {
			if c.Node().Kind == unstable.Comment {
				continue
			}
			inner, err := d.value(c.Node(), line)
			if err != nil {
				return nil, err
			}
			v.list = append(v.list, inner)
		}
	case unstable.InlineTable:
		v.kind = unstable.Table
		for c := n.Children(); c.Next(); {
			if c.Node().Kind == unstable.Comment {
				continue
			}
			if _, err := d.assign(v, c.Node()); err != nil {
				return nil, err
			}
		}
	default:
		v.text = string(n.Data)
	}
	return v, nil
}
