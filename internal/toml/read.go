package toml

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/markers"
)

// Document is a TOML document that was read.
type Document struct {
	Root   *Value         // its tables and keys, with their places
	Values map[string]any // the same, as go-toml decodes it
}

// Read reads a document of at most so many bytes. Each error has the file and, if it is known, the line; an error
// about a key that is set twice has both lines.
func Read(file string, data []byte, most int) (Document, error) {
	doc, err := read(file, data, most)
	if n := markers.First(data); err != nil && n > 0 { // a text in the document may have lines that look like markers
		return doc, fault.New(fault.Usage, "the file holds merge conflict markers").At(file, n).
			WithHint("resolve the conflict in the file")
	}
	return doc, err
}

func read(file string, data []byte, most int) (doc Document, err error) {
	if err := encoding(file, data, most); err != nil {
		return doc, err
	}
	lines := linesOf(data)
	if err := check(file, data, lines); err != nil {
		return doc, err
	}
	if doc.Root, err = places(file, data, lines); err != nil {
		return doc, err
	}
	if err := toml.Unmarshal(data, &doc.Values); err != nil {
		return doc, explain(file, data, lines, err)
	}
	return doc, nil
}

// encoding refuses what editors and downloads leave behind. Windows line ends are TOML.
func encoding(file string, data []byte, most int) error {
	bad := func(offset int, format string, args ...any) *fault.Error {
		return fault.New(fault.Usage, format, args...).At(file, 1+bytes.Count(data[:offset], []byte("\n")))
	}
	const hint = "save it as UTF-8 without a byte order mark"
	switch {
	case len(data) > most:
		return fault.New(fault.Usage, "the file has %d bytes, at most %d are allowed", len(data), most).At(file, 0).
			WithHint("see whether this is the right file")
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return bad(0, "the file begins with a byte order mark").WithHint(hint)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return bad(0, "the file is not UTF-8 text").WithHint(hint) // but UTF-16
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return bad(i, "the file is not UTF-8 text").WithHint(hint)
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return bad(i, "the line is not UTF-8").WithHint("save the file as UTF-8 without a byte order mark")
		}
		i += n
	}
	return nil
}

// explain adds the place to the decoder's error, or names what an editor did to the line. A string may have the same
// characters, so they are searched only in a line that cannot be read.
func explain(file string, data []byte, lines lines, err error) error {
	var decode *toml.DecodeError
	if !errors.As(err, &decode) {
		return fault.New(fault.Usage, "reading TOML: %w", err).At(file, 0)
	}
	number, _ := decode.Position()
	if number < 1 || number > len(lines) {
		number = len(lines)
	}
	line, _, _ := bytes.Cut(data[lines[number-1]:], []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if bytes.IndexByte(line, '\r') >= 0 {
		return fault.New(fault.Usage, "there is a carriage return inside the line").At(file, number).
			WithHint("save the file with the line ends of Linux or of Windows (LF or CRLF)")
	}
	if i := bytes.IndexFunc(line, curly); i >= 0 && !bytes.ContainsAny(line[:i], `"'#`) {
		quote, _ := utf8.DecodeRune(line[i:])
		return fault.New(fault.Usage, "expected a plain quote, found the typographic quote %q", quote).At(file, number).
			WithHint(`write strings in plain quotes: "text"`)
	}
	return fault.New(fault.Usage, "reading TOML: %s", strings.TrimPrefix(decode.Error(), "toml: ")).At(file, number)
}

func curly(r rune) bool { return strings.ContainsRune("“”„‘’«»", r) }

// duplicate returns the error for a key that a second line sets.
func duplicate(file, key string, line, first int) error {
	return fault.New(fault.Usage, "duplicate key %q", key).At(file, line).
		WithHint("it is set on line %d already: keep one", first)
}

// oneBracket returns the error for [name] where a line before has [[name]].
func oneBracket(file, name string, line, first int) error {
	return fault.New(fault.Usage, "[%s] begins one table, and [[%s]] on line %d a list of them", name, name, first).
		At(file, line).WithHint("write it with two brackets: [[%s]]", name)
}

// twice returns the error for [name] where a line before has that too.
func twice(file, name string, line, first int) error {
	return fault.New(fault.Usage, "[%s] begins a table that line %d began already", name, first).At(file, line).
		WithHint("keep one, with the keys of both; where each is one of a list, write [[%s]]", name)
}
