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

// Read decodes a document of at most so many bytes; each of its errors has the file and, where it is known, the line.
// locate may walk the document for the places of its keys before it is decoded: an error of its own, such as a key that
// is set twice, comes before the decoder's.
func Read(file string, data []byte, most int, locate func(Lines) error) (map[string]any, error) {
	values, err := read(file, data, most, locate)
	if n := markers.First(data); err != nil && n > 0 { // a text in the document may have lines that look like markers
		return nil, fault.New(fault.Usage, "the file holds merge conflict markers").At(file, n).
			WithHint("resolve the conflict in the file")
	}
	return values, err
}

func read(file string, data []byte, most int, locate func(Lines) error) (values map[string]any, err error) {
	if err := encoding(file, data, most); err != nil {
		return nil, err
	}
	lines := linesOf(data)
	if err := check(file, data, lines); err != nil {
		return nil, err
	}
	if err := locate(lines); err != nil {
		return nil, err
	}
	if err := toml.Unmarshal(data, &values); err != nil {
		return nil, explain(file, data, lines, err)
	}
	return values, nil
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

// explain gives the decoder's error its place, or says what is wrong with the line where an editor did it: a text in
// quotes may hold the same characters, so they are looked for only in a line that cannot be read.
func explain(file string, data []byte, lines Lines, err error) error {
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

// Twice is the error of a key that a line sets again.
func Twice(file, key string, line, first int) error {
	return fault.New(fault.Usage, "duplicate key %q", key).At(file, line).
		WithHint("it is set on line %d already: keep one", first)
}
