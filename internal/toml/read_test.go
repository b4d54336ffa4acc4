package toml

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// nothing locates no key.
func nothing(Lines) error { return nil }

func TestRefused(t *testing.T) {
	for name, tc := range map[string]struct{ text, want, hint string }{
		"UTF-16, little end": {"\xff\xfea\x00", "f:1: the file is not UTF-8 text", "UTF-8"},
		"UTF-16, big end":    {"\xfe\xff\x00a", "f:1: the file is not UTF-8 text", "UTF-8"},
		"byte order mark":    {"\xef\xbb\xbfa = 1\n", "f:1: the file begins with a byte order mark", "UTF-8"},
		"NUL":                {"a = 1\nb = \"\x00\"\n", "f:2: the file is not UTF-8 text", "UTF-8"},
		"Latin-1":            {"a = 1\nb = \"\xe9\"\n", "f:2: the line is not UTF-8", "UTF-8"},
		"old Mac":            {"a = 1\rb = 2\n", "f:1: there is a carriage return inside the line", "CRLF"},
		"curly quotes":       {"a = 1\nb = “x”\n", "f:2: expected a plain quote, found the typographic quote '“'", "plain"},
		"guillemets":         {"a = «x»\n", "f:1: expected a plain quote, found the typographic quote '«'", "plain"},
		"markers": {"a = 1\n<<<<<<< ours\nb = 1\n=======\nb = 2\n>>>>>>> theirs\n",
			"f:2: the file holds merge conflict markers", "resolve"},
		"twice":    {"[a]\nb = 1\n[a]\n", "f:3: reading TOML: ", ""},
		"no TOML":  {"a = \n", "f:1: reading TOML: ", ""},
		"too long": {"# " + strings.Repeat("x", 100), "f: the file has 102 bytes, at most 100 are allowed", "right file"},
	} {
		_, err := Read("f", []byte(tc.text), 100, nothing)
		if fault.CodeOf(err) != fault.Usage || !strings.HasPrefix(err.Error(), tc.want) ||
			!strings.Contains(fault.HintOf(err).String(), tc.hint) {
			t.Errorf("%s: %v (%s), want %q", name, err, fault.HintOf(err), tc.want)
		}
	}
}

// TestTaken has texts with the same characters, which are right where they are.
func TestTaken(t *testing.T) {
	for _, text := range []string{
		"a = 1\r\nb = 2\r\n", "a = \"“x”\"\n", "# “x”\na = 1\n", "a = '''\n“Hello”\n'''\n",
		"a = '''\n<<<<<<< ours\n=======\n>>>>>>> theirs\n'''\n", "a = \"caf\u00e9\"\n", "",
	} {
		if _, err := Read("f", []byte(text), 100, nothing); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	err := Twice("f", "a.b", 3, 1)
	if err.Error() != `f:3: duplicate key "a.b"` || fault.HintOf(err).String() != "it is set on line 1 already: keep one" {
		t.Errorf("%v (%s)", err, fault.HintOf(err))
	}
}
