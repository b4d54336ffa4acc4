package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/toml"
)

// document is a TOML file with the line of each of its keys, "upstream.url" or "image[1].name", and of each item of a
// list, "patches[0]".
type document struct {
	file   string
	values map[string]any
	lines  map[string]int
}

// maxFile limits howdah.toml, in bytes; a real one is far smaller.
const maxFile = 1 << 20

// parse parses a TOML file; its errors have a place.
func parse(file string, data []byte) (*document, error) {
	read, err := toml.Read(file, data, maxFile)
	var wrong *fault.Error
	if errors.As(err, &wrong) && wrong.Hint.IsZero() {
		return nil, wrong.WithHint("docs/configuration.md shows how each key is written")
	}
	if err != nil {
		return nil, err
	}
	d := &document{file: file, values: read.Values, lines: map[string]int{}}
	d.locate(read.Root, "")
	return d, nil
}

// locate records the lines of what a table or list at a path has.
func (d *document) locate(v *toml.Value, path string) {
	for _, k := range v.Keys {
		at := toml.Join(path, k.Name)
		d.lines[at] = k.Line
		d.locate(k.Value, at)
	}
	for i, item := range v.List {
		at := fmt.Sprintf("%s[%d]", path, i)
		d.lines[at] = item.Line
		d.locate(item, at)
	}
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
					walk(toml.Join(path, name), toml.Join(key, name), inner)
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
