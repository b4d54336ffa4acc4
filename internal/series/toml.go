package series

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	decoder "github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/markers"
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
// go-toml's decoder.
func parseTOML(file string, data []byte) (*value, error) {
	root, err := parseUnmarked(file, data)
	if n := markers.First(data); err != nil && n > 0 { // an edit's text may have lines that look like markers
		return nil, fault.New(fault.Usage, "the file holds merge conflict markers").At(file, n).
			WithHint("resolve the conflict in the file")
	}
	return root, err
}

func parseUnmarked(file string, data []byte) (*value, error) {
	if err := encoding(file, data); err != nil {
		return nil, err
	}
	lines := toml.LinesOf(data)
	if err := toml.Check(file, data, lines); err != nil {
		return nil, err
	}
	d := &reader{file: file, data: data, lines: lines, root: &value{kind: unstable.Table, line: 1}}
	d.parser.Reset(data)
	d.table = d.root
	for d.parser.NextExpression() {
		if err := d.expression(d.parser.Expression()); err != nil {
			return nil, err
		}
	}
	var all map[string]any
	if err := decoder.Unmarshal(data, &all); err != nil {
		var decode *decoder.DecodeError
		if errors.As(err, &decode) {
			line, _ := decode.Position()
			return nil, fault.New(fault.Usage, "reading TOML: %s", strings.TrimPrefix(decode.Error(), "toml: ")).At(file, line)
		}
		return nil, fault.New(fault.Usage, "reading TOML: %w", err).At(file, 0)
	}
	return d.root, nil
}

// encoding reports byte order marks, other encodings and the like, which editors and downloads leave behind.
func encoding(file string, data []byte) error {
	bad := func(at int, format string, args ...any) error {
		return fault.New(fault.Usage, format, args...).At(file, 1+bytes.Count(data[:at], []byte("\n"))).
			WithHint("save it as UTF-8 without a byte order mark")
	}
	if len(data) > maxDocument {
		return fault.New(fault.Usage, "the file has %d bytes, at most %d are allowed", len(data), maxDocument).At(file, 0)
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return bad(0, "the file begins with a byte order mark")
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return bad(i, "the file is not UTF-8 text")
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return bad(i, "the line is not UTF-8")
		}
		i += n
	}
	return nil
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
		return nil, fault.New(fault.Usage, "duplicate key %q", name).At(d.file, line).
			WithHint("it is set on line %d already: keep one", old.line)
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
