package toml

import (
	"bytes"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// kind is what a value is in TOML.
type kind = unstable.Kind

// The kinds by which callers decide.
const (
	String    = unstable.String
	Integer   = unstable.Integer
	Bool      = unstable.Bool
	LocalDate = unstable.LocalDate
	Array     = unstable.Array
	Table     = unstable.Table
)

// Value is a TOML value with its place. Tables keep the order of their keys.
type Value struct {
	Kind kind
	Text string // of a scalar: a string's content, otherwise the source text
	Line int    // one-based
	List []*Value
	Keys []*Key
	Span [2]int // offsets of a [[table]]: from its header to the end of its last line
	path string // of a table: its dotted key, from the nearest list on

	header int // of a table: the line of its [header]; 0: it has none
}

// Key is a key of a table, with its value.
type Key struct {
	Name  string
	Line  int // one-based; of a table, the line that names it first
	Value *Value
	Span  [2]int // offsets of "name = value" in the file; empty for a table with a header of its own
}

// Get returns a key of a table, or nil.
func (v *Value) Get(name string) *Key {
	for _, k := range v.Keys {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// table adds a table to a table.
func (v *Value) table(name string, line int) *Key {
	k := &Key{Name: name, Line: line, Value: &Value{Kind: Table, Line: line, path: Join(v.path, name)}}
	v.Keys = append(v.Keys, k)
	return k
}

// Join returns the dotted key of a name in a table; path "" is the document.
func Join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// reader builds a Value from the expressions that go-toml's parser returns.
type reader struct {
	file   string
	data   []byte
	lines  lines
	parser unstable.Parser
	root   *Value
	table  *Value // the table that the next keys belong to
	entry  *Value // the last [[table]], whose span is still growing
}

// places reads the expressions of a document, up to the first that is not TOML: the decoder reports that one. A key
// that is set twice is an error here.
func places(file string, data []byte, at lines) (*Value, error) {
	root := &Value{Kind: Table, Line: 1}
	d := &reader{file: file, data: data, lines: at, root: root, table: root}
	d.parser.Reset(data)
	for d.parser.NextExpression() {
		if err := d.expression(d.parser.Expression()); err != nil {
			return nil, err
		}
	}
	return root, nil
}

func (d *reader) expression(e *unstable.Node) error {
	switch e.Kind {
	case unstable.Table, unstable.ArrayTable:
		names, line := d.names(e)
		t := d.root
		for i, name := range names {
			if t.Kind != Table {
				return nil // go-toml reports this with both lines; leave it to the decoder
			}
			last := i == len(names)-1
			k := t.Get(name)
			if k == nil {
				k = t.table(name, line)
				if last && e.Kind == unstable.ArrayTable {
					k.Value.Kind = Array
				}
			}
			if t = k.Value; t.Kind == Array {
				if last && e.Kind == Table && len(t.List) > 0 {
					return oneBracket(d.file, strings.Join(names, "."), line, k.Line)
				}
				if last && e.Kind == unstable.ArrayTable {
					t.List = append(t.List, &Value{Kind: unstable.Table, Line: line})
				}
				if len(t.List) == 0 {
					return nil
				}
				t = t.List[len(t.List)-1]
			}
			if last && e.Kind == Table {
				if t.header > 0 {
					return twice(d.file, strings.Join(names, "."), line, t.header)
				}
				t.header = line
			}
		}
		d.table = t
		at := d.offset(e)
		if e.Kind == unstable.ArrayTable && len(names) == 1 {
			start := bytes.LastIndexByte(d.data[:at], '\n') + 1
			t.Span, d.entry = [2]int{start, start}, t
		} else if e.Kind == Table && len(names) == 1 {
			d.entry = nil
		}
		d.grow(at)
	case unstable.KeyValue:
		k, err := d.assign(d.table, e)
		if err != nil {
			return err
		}
		d.grow(k.Span[1])
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
	d.entry.Span[1] = end
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
		line = d.lines.at(keys.Node().Raw.Offset)
	}
	return names, line
}

// assign adds a key and its value to a table, and creates the tables that a dotted key names.
func (d *reader) assign(t *Value, e *unstable.Node) (*Key, error) {
	names, line := d.names(e)
	for _, name := range names[:len(names)-1] {
		k := t.Get(name)
		if k == nil {
			k = t.table(name, line)
		}
		t = k.Value
	}
	name := names[len(names)-1]
	path := Join(t.path, name)
	if old := t.Get(name); old != nil {
		return nil, duplicate(d.file, path, line, old.Line)
	}
	v, err := d.value(e.Value(), line, path)
	k := &Key{Name: name, Line: line, Value: v, Span: [2]int{int(e.Raw.Offset), int(e.Raw.Offset + e.Raw.Length)}}
	t.Keys = append(t.Keys, k)
	return k, err
}

// value reads one value. The parser has no line for lists and inline tables: they get line. Path is for a table, see
// Value.
func (d *reader) value(n *unstable.Node, line int, path string) (*Value, error) {
	if n.Raw.Length > 0 {
		line = d.lines.at(n.Raw.Offset)
	}
	v := &Value{Kind: n.Kind, Line: line}
	switch n.Kind {
	case unstable.Array:
		for c := n.Children(); c.Next(); {
			if c.Node().Kind == unstable.Comment {
				continue
			}
			inner, err := d.value(c.Node(), line, "")
			if err != nil {
				return nil, err
			}
			v.List = append(v.List, inner)
		}
	case unstable.InlineTable:
		v.Kind, v.path = Table, path
		for c := n.Children(); c.Next(); {
			if c.Node().Kind == unstable.Comment {
				continue
			}
			if _, err := d.assign(v, c.Node()); err != nil {
				return nil, err
			}
		}
	default:
		v.Text = string(n.Data)
	}
	return v, nil
}
