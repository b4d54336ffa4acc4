package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

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

// maskJSON masks the strings of JSON as they are meant, not as they are escaped.
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

// literal is the length of the string in JSON with which data begins, its quotes included.
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

// maskLiteral masks one string of JSON.
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

// encodeJSON is v as the files under dist/ hold it.
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
