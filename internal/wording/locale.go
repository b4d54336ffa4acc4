package wording

import (
	"bytes"
	"encoding/json"
	"io"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The folders of translations: of the web client, and of what the server writes.
const (
	clientLocales = "app/javascript/mastodon/locales/"
	serverLocales = "config/locales/"
)

// translation is one text of a locale file.
type translation struct {
	Place
	locale, key, value string
}

// localeOf is the language of a locale file: "en" of config/locales/simple_form.en.yml; "" for other files.
func localeOf(name string) string {
	dir, file := path.Split(name)
	switch {
	case dir == clientLocales && strings.HasSuffix(file, ".json"):
		return strings.TrimSuffix(file, ".json")
	case strings.HasPrefix(dir, serverLocales) && strings.HasSuffix(file, ".yml"):
		file = strings.TrimSuffix(file, ".yml")
		return file[strings.LastIndexByte(file, '.')+1:]
	}
	return ""
}

// translations are the texts of locale files. What is no locale file after all has none.
func translations(files []File) (all []translation) {
	for _, f := range files {
		parse := serverTexts
		if strings.HasSuffix(f.Name, ".json") {
			parse = clientTexts
		}
		lines := bytes.Split(f.Data, []byte("\n"))
		for _, t := range parse(f.Data) {
			t.File, t.locale = f.Name, localeOf(f.Name)
			if t.Line <= len(lines) {
				t.Text = string(bytes.TrimSpace(lines[t.Line-1]))
			}
			all = append(all, t)
		}
	}
	return all
}

// clientTexts reads a JSON object of texts by key, in the order of the file.
func clientTexts(data []byte) (all []translation) {
	d := json.NewDecoder(bytes.NewReader(data))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return all
		}
		line := 1 + bytes.Count(data[:d.InputOffset()], []byte("\n"))
		var value any
		if err := d.Decode(&value); err != nil {
			return all
		}
		name, named := key.(string)
		if text, ok := value.(string); ok && named {
			all = append(all, translation{Place: Place{Line: line}, key: name, value: text})
		}
	}
	return all
}

// serverTexts reads the texts of a YAML document, with the names that lead to each joined by dots, without the first,
// which is the language.
func serverTexts(data []byte) (all []translation) {
	var document yaml.Node
	err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&document)
	if err != nil && err != io.EOF {
		return nil
	}
	var walk func(n *yaml.Node, path []string)
	walk = func(n *yaml.Node, path []string) {
		switch n.Kind {
		case yaml.DocumentNode:
			for _, c := range n.Content {
				walk(c, path)
			}
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				walk(n.Content[i+1], append(path[:len(path):len(path)], n.Content[i].Value))
			}
		case yaml.ScalarNode:
			if len(path) > 1 && n.Tag == "!!str" {
				all = append(all, translation{Place: Place{Line: n.Line}, key: strings.Join(path[1:], "."), value: n.Value})
			}
		}
	}
	walk(&document, nil)
	return all
}
