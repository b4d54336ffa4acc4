package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/term"
)

// WriteJSON writes v to path whole or not at all, indented, its secrets masked. A nil list is written as [].
func WriteJSON(path string, v any, secrets term.Secrets) error {
	data, err := encodeJSON(v)
	if err != nil {
		return fmt.Errorf("encoding %q: %w", path, err)
	}
	return files.Write(path, maskJSON(data, secrets))
}

// literal is a string in JSON.
var literal = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// maskJSON masks the strings of JSON as they are meant, not as they are escaped.
func maskJSON(data []byte, s term.Secrets) []byte {
	return literal.ReplaceAllFunc(data, func(quoted []byte) []byte {
		var meant string
		if json.Unmarshal(quoted, &meant) != nil {
			return quoted
		}
		masked := term.ClipWords(s.Mask(meant), term.MaxString)
		if masked == meant {
			return quoted
		}
		again, err := encodeJSON(masked)
		if err != nil {
			return quoted
		}
		return bytes.TrimSuffix(again, []byte("\n"))
	})
}

// encodeJSON is v as the files under dist/ hold it.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
