package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/toml"
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
	d := &document{file: file, lines: map[string]int{}, set: map[string]int{}}
	values, err := toml.Read(file, data, maxFile, func(at toml.Lines) error {
		d.at = at
		return d.locate(data)
	})
	var wrong *fault.Error
	if errors.As(err, &wrong) && wrong.Hint.IsZero() {
		return nil, wrong.WithHint("docs/configuration.md shows how each key is written")
	}
	d.values = values
	return d, err
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
		return toml.Twice(d.file, path, line, first)
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
