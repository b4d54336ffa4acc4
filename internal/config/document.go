package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/markers"
	"github.com/howdah/howdah/internal/toml"
	decoder "github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// document is a TOML file with the line of each of its keys, "upstream.url" or "image[1].name", and of each item of a
// list, "patches[0]".
type document struct {
	file   string
	at     toml.Lines
	values map[string]any
	lines  map[string]int
	set    map[string]int // lines, but only of keys that have a value
}

// maxFile limits howdah.toml, in bytes; a real one is far smaller.
const maxFile = 1 << 20

// parse parses a TOML file; its errors have a place.
func parse(file string, data []byte) (*document, error) {
	d, err := parseUnmarked(file, data)
	if n := markers.First(data); err != nil && n > 0 { // a text within howdah.toml may have lines that look like markers
		return nil, fault.New(fault.Usage, "the file holds merge conflict markers").At(file, n).
			WithHint("resolve the conflict in the file")
	}
	return d, err
}

func parseUnmarked(file string, data []byte) (*document, error) {
	if err := encoding(file, data); err != nil {
		return nil, err
	}
	d := &document{file: file, at: toml.LinesOf(data), lines: map[string]int{}, set: map[string]int{}}
	if err := toml.Check(file, data, d.at); err != nil {
		return nil, err
	}
	if err := d.locate(data); err != nil {
		return nil, err
	}
	if err := decoder.Unmarshal(data, &d.values); err != nil {
		return nil, syntax(file, err)
	}
	return d, nil
}

// encoding reports what editors leave behind and TOML's own error would not explain. Windows line ends are allowed.
func encoding(file string, data []byte) error {
	bad := func(line int, format string, args ...any) *fault.Error {
		return fault.New(fault.Usage, format, args...).At(file, line)
	}
	switch {
	case len(data) > maxFile:
		return bad(0, "reading a file of %d bytes, at most %d are allowed", len(data), maxFile).
			WithHint("see whether this is the right file")
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		return bad(1, "the file begins with a byte order mark").WithHint("save it as UTF-8 without a byte order mark")
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}),
		bytes.IndexByte(data, 0) >= 0:
		return bad(1, "the file is not UTF-8 text").WithHint("save it as UTF-8 without a byte order mark")
	}
	number := 0
	for l := range bytes.SplitSeq(data, []byte("\n")) {
		number++
		if !utf8.Valid(l) {
			return bad(number, "the line is not UTF-8").WithHint("save the file as UTF-8 without a byte order mark")
		}
		l = bytes.TrimSuffix(l, []byte("\r"))
		if bytes.IndexByte(l, '\r') >= 0 {
			return bad(number, "there is a carriage return inside the line").
				WithHint("save the file with the line ends of Linux or of Windows (LF or CRLF)")
		}
		if i := bytes.IndexFunc(l, curly); i >= 0 {
			quote, _ := utf8.DecodeRune(l[i:])
			if before := l[:i]; !bytes.ContainsAny(before, `"'#`) {
				return bad(number, "expected a plain quote, found the typographic "+
					"quote %q", quote).WithHint(`write strings in plain quotes: "text"`)
			}
		}
	}
	return nil
}

func curly(r rune) bool { return strings.ContainsRune("“”„‘’«»", r) }

// syntax adds the place to go-toml's errors.
func syntax(file string, err error) error {
	var decode *decoder.DecodeError
	if !errors.As(err, &decode) {
		return fault.New(fault.Usage, "reading TOML: %w", err).At(file, 0).
			WithHint("docs/configuration.md shows how each key is written")
	}
	line, _ := decode.Position()
	return fault.New(fault.Usage, "reading TOML: %s", strings.TrimPrefix(decode.Error(), "toml: ")).At(file, line).
		WithHint("docs/configuration.md shows how each key is written")
}

// locate records the line of every key, and returns an error for one that is set twice. Other mistakes are left to
// go-toml's decoder.
func (d *document) locate(data []byte) error {
	var p unstable.Parser
	p.Reset(data)
	prefix, count := "", map[string]int{}
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table:
			prefix, _ = d.keyOf(&p, e, "")
		case unstable.ArrayTable:
			name, line := d.keyOf(&p, e, "")
			prefix = fmt.Sprintf("%s[%d]", name, count[name])
			count[name]++
			d.lines[prefix] = line
		case unstable.KeyValue:
			if err := d.assign(&p, e, prefix); err != nil {
				return err
			}
		}
	}
	return nil
}

// assign records the line of a key, and the lines within its value.
func (d *document) assign(p *unstable.Parser, e *unstable.Node, prefix string) error {
	path, line := d.keyOf(p, e, prefix)
	if first, ok := d.set[path]; ok {
		return fault.New(fault.Usage, "duplicate key %q", path).At(d.file, line).
			WithHint("it is set on line %d already: keep one", first)
	}
	d.lines[path], d.set[path] = line, line
	switch v := e.Value(); v.Kind {
	case unstable.Array:
		i := 0
		for elements := v.Children(); elements.Next(); i++ {
			if elements.Node().Raw.Length > 0 {
				line = d.at.At(elements.Node().Raw.Offset)
			}
			d.lines[fmt.Sprintf("%s[%d]", path, i)] = line
		}
	case unstable.InlineTable:
		for pairs := v.Children(); pairs.Next(); {
			if err := d.assign(p, pairs.Node(), path); err != nil {
				return err
			}
		}
	}
	return nil
}

// keyOf returns a node's dotted key after prefix, and its line. It records the tables on the way at their first
// mention.
func (d *document) keyOf(p *unstable.Parser, e *unstable.Node, prefix string) (path string, line int) {
	path = prefix
	for keys := e.Key(); keys.Next(); {
		path = join(path, string(keys.Node().Data))
		line = d.at.At(keys.Node().Raw.Offset)
		if _, ok := d.lines[path]; !ok {
			d.lines[path] = line
		}
	}
	return path, line
}

// line returns the line of a path, or of the nearest path around it.
func (d *document) line(path string) int {
	for {
		if n, ok := d.lines[path]; ok {
			return n
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return 0
		}
		path = path[:i]
	}
}

// leaf is the value of one key.
type leaf struct {
	path  string // as in document.lines
	key   string // as in Key.Path: without the number of the image
	value any
}

// leaves returns the document's keys, in the order of the file, down to those for which known is true.
func (d *document) leaves(known func(key string) bool) []leaf {
	var all []leaf
	var walk func(path, key string, v any)
	walk = func(path, key string, v any) {
		if !known(key) {
			switch v := v.(type) {
			case map[string]any:
				for name, inner := range v {
					walk(join(path, name), join(key, name), inner)
				}
				if len(v) > 0 || key == "" {
					return
				}
			case []any:
				tables := len(v) > 0
				for _, inner := range v {
					_, isTable := inner.(map[string]any)
					tables = tables && isTable
				}
				if tables {
					for i, inner := range v {
						walk(fmt.Sprintf("%s[%d]", path, i), key, inner)
					}
					return
				}
			}
		}
		all = append(all, leaf{path, key, v})
	}
	walk("", "", d.values)
	slices.SortFunc(all, func(a, b leaf) int {
		if la, lb := d.line(a.path), d.line(b.path); la != lb {
			return la - lb
		}
		return strings.Compare(a.path, b.path)
	})
	return all
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
