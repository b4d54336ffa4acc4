package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/term"
)

// WriteJSON writes v to path, indented and with secrets masked; the file is complete or unchanged. A nil list is
// written as [].
func WriteJSON(path string, v any, secrets term.Secrets) error {
	data, err := encodeJSON(v)
	if err != nil {
		return fmt.Errorf("encoding %q: %w", path, err)
	}
	return files.Write(path, maskJSON(data, secrets))
}

// maskJSON masks the strings of JSON by their decoded value.
func maskJSON(data []byte, s term.Secrets) []byte {
	out := make([]byte, 0, len(data))
	for {
		begin := bytes.IndexByte(data, '"')
		if begin < 0 {
			return append(out, data...)
		}
		out, data = append(out, data[:begin]...), data[begin:]
		n := literal(data)
		out, data = append(out, maskLiteral(data[:n], s)...), data[n:]
	}
}

// literal returns the length of the JSON string at the start of data, quotes included.
func literal(data []byte) int {
	for i := 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

// maskLiteral masks one JSON string.
func maskLiteral(quoted []byte, s term.Secrets) []byte {
	var meant string
	if !bytes.ContainsRune(quoted, '\\') {
		meant = strings.Trim(string(quoted), `"`)
	} else if json.Unmarshal(quoted, &meant) != nil {
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
}

// encodeJSON returns v in the form of the files in dist/.
func encodeJSON(v any) ([]byte, error) { return encodeIndented(v, "  ") }

func encodeIndented(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
