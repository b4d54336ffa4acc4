package toml

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

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
		"twice":    {"[a]\nb = 1\n[a]\n", "f:3: [a] begins a table that line 1 began already", "write [[a]]"},
		"no TOML":  {"a = \n", "f:1: reading TOML: ", ""},
		"too long": {"# " + strings.Repeat("x", 100), "f: the file has 102 bytes, at most 100 are allowed", "right file"},
	} {
		_, err := Read("f", []byte(tc.text), 100)
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
		if _, err := Read("f", []byte(text), 100); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	err := duplicate("f", "a.b", 3, 1)
	if err.Error() != `f:3: duplicate key "a.b"` || fault.HintOf(err).String() != "it is set on line 1 already: keep one" {
		t.Errorf("%v (%s)", err, fault.HintOf(err))
	}
}

// TestTables: a table that a line before began, alone or as one of a list, is an error that says so and how one of a
// list is written, and no duplicate key. A table that a dotted key makes, or one in each of a list, begins once.
func TestTables(t *testing.T) {
	for text, want := range map[string]string{
		"[[c]]\na = 1\n[c]\na = 2\n":            "f:3: [c] begins one table, and [[c]] on line 1 a list of them",
		"[[c]]\n[[c.d]]\na = 1\n[c.d]\na = 2\n": "f:4: [c.d] begins one table, and [[c.d]] on line 2 a list of them",
		"[[c]]\n[c]\n":                          "f:2: [c] begins one table, and [[c]] on line 1 a list of them",
		"[c]\na = 1\n[c]\na = 2\n":              "f:3: [c] begins a table that line 1 began already",
		"[c]\na = 1\n\n[c]\nb = 2\n":            "f:4: [c] begins a table that line 1 began already",
		"[c.d]\na = 1\n[e]\n[c.d]\nb = 2\n":     "f:4: [c.d] begins a table that line 1 began already",
		"[[c]]\n[c.d]\na = 1\n[c.d]\nb = 2\n":   "f:4: [c.d] begins a table that line 2 began already",
		"[c.d]\na = 1\n[c]\nb = 2\n[c]\ne=1\n":  "f:5: [c] begins a table that line 3 began already",
	} {
		_, err := Read("f", []byte(text), 100)
		name, _, _ := strings.Cut(want[strings.Index(want, "["):], " ")
		if err == nil || err.Error() != want || !strings.HasSuffix(fault.HintOf(err).String(), "["+name+"]") {
			t.Errorf("%q: %v (%s), want %s", text, err, fault.HintOf(err), want)
		}
	}
	for _, text := range []string{"[c.d]\na = 1\n[c]\nb = 2\n", "[[c]]\n[c.d]\na = 1\n[[c]]\n[c.d]\na = 1\n"} {
		if _, err := Read("f", []byte(text), 100); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestPlaces: each key and list item has its line, and what can be edited in place its offsets.
func TestPlaces(t *testing.T) {
	text := "a.b = 1\n\n[[c]]\nd = [\n  \"x\",\n  \"y\",\n]\n# kept\n[[c]]\ne = { f = \"g\" }\n"
	doc, err := Read("f", []byte(text), 100)
	if err != nil {
		t.Fatal(err)
	}
	list := doc.Root.Get("c").Value.List
	if len(list) != 2 || list[0].Line != 3 || list[1].Line != 9 {
		t.Fatalf("%+v", list)
	}
	if y := list[0].Get("d").Value.List[1]; y.Text != "y" || y.Line != 6 {
		t.Errorf("%+v", y)
	}
	if got := text[list[0].Span[0]:list[0].Span[1]]; got != "[[c]]\nd = [\n  \"x\",\n  \"y\",\n]\n" {
		t.Errorf("the first entry is %q", got)
	}
	if k := list[1].Get("e"); text[k.Span[0]:k.Span[1]] != `e = { f = "g" }` || k.Value.Get("f").Value.Text != "g" {
		t.Errorf("%+v", k)
	}
	if k := doc.Root.Get("a"); k.Line != 1 || k.Value.Kind != Table || k.Value.Get("b").Value.Text != "1" {
		t.Errorf("%+v", k)
	}
}

// TestDuplicates are named from the nearest list on.
func TestDuplicates(t *testing.T) {
	for text, want := range map[string]string{
		"a = 1\na = 2\n":                        `f:2: duplicate key "a"`,
		"a.b = 1\n[a]\nb = 2\n":                 `f:3: duplicate key "a.b"`,
		"[a]\nb = { c = 1, c = 2 }\n":           `f:2: duplicate key "a.b.c"`,
		"[[a]]\nb = 1\n[[a]]\nb = 1\nb = 2\n":   `f:5: duplicate key "b"`,
		"a = [{ b = 1 },\n { b = 1, b = 2 }]\n": `f:2: duplicate key "b"`,
		"[[a]]\n[a.b]\nc = 1\nc = 2\n":          `f:4: duplicate key "b.c"`,
	} {
		if _, err := Read("f", []byte(text), 100); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
