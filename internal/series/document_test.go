package series

import (
	"bytes"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
)

const before = `# What this distribution changes, in order.

# Asked for in June.
[[change]]
name = "post-length"
why  = "Members asked."   # often
edit = [
  { file = "a.rb", find = "500", replace = "512" },
]

[[change]]
name    = "themes"
why     = "Two themes."
pull    = "vmstan/mastodon#6"
commit  = "4444444444444444444444444444444444444444"

[[change]]
name = "one-line"
edit = [ { file = "b", find = "x", replace = "y" } ]
required = false

[[change]]
name = "tables"
[[change.edit]]
file = "c"
find = "x"
replace = "y"

# The end.
`

// rewritten applies fn and returns the lines that changed.
func rewritten(t *testing.T, fn func(*Document, *Series) error) string {
	t.Helper()
	d, err := ParseDocument("series.toml", []byte(before))
	if err != nil {
		t.Fatal(err)
	}
	if err := fn(d, nil); err != nil {
		return "error: " + err.Error()
	}
	var b strings.Builder
	for _, h := range diff.Diff([]byte(before), d.Bytes()) {
		for _, l := range h.Lines {
			if l.Op != ' ' {
				b.WriteString(string(l.Op) + string(l.Text))
			}
		}
	}
	return b.String()
}

func TestDocument(t *testing.T) {
	post := &Change{Name: "post-length", Why: "Members asked.", Required: true}
	themes := &Change{Name: "themes", Why: "Two themes.", Required: true}
	for name, tt := range map[string]struct {
		do   func(*Document, *Series) error
		want string
	}{
		"an edit, as a new change": {
			func(d *Document, _ *Series) error {
				return d.AppendEdit("logo", "Ours.", Edit{File: "logo.svg", Find: "<path d=\"M0\"/>\n", Replace: "", Count: 2})
			},
			"+\n+[[change]]\n+name = \"logo\"\n+why  = \"Ours.\"\n+edit = [\n" +
				"+  { file = \"logo.svg\", find = \"<path d=\\\"M0\\\"/>\\n\", replace = \"\", count = 2 },\n+]\n",
		},
		"an edit, to a change that is there": {
			func(d *Document, _ *Series) error {
				return d.AppendEdit("post-length", "", Edit{File: "a.js", Match: `\b500\b`, Replace: "512"})
			},
			"+  { file = \"a.js\", match = '\\b500\\b', replace = \"512\" },\n",
		},
		"an edit, to a list on one line": {
			func(d *Document, _ *Series) error {
				return d.AppendEdit("one-line", "", Edit{File: "d", Find: "p", Replace: "q"})
			},
			"-edit = [ { file = \"b\", find = \"x\", replace = \"y\" } ]\n" +
				"+edit = [ { file = \"b\", find = \"x\", replace = \"y\" }, { file = \"d\", find = \"p\", replace = \"q\" } ]\n",
		},
		"an edit, to tables": {
			func(d *Document, _ *Series) error {
				return d.AppendEdit("tables", "", Edit{File: "d", Find: "p", Replace: "q"})
			},
			"+[[change.edit]]\n+file = \"d\"\n+find = \"p\"\n+replace = \"q\"\n+\n",
		},
		"an edit, to a change of another kind": {
			func(d *Document, _ *Series) error {
				return d.AppendEdit("themes", "", Edit{File: "d", Find: "p", Replace: "q"})
			},
			`error: series.toml:11: change "themes" has no edits`,
		},
		"an edit that cannot be": {
			func(d *Document, _ *Series) error {
				return d.AppendEdit("x", "", Edit{File: "d", Match: "(", Replace: "q"})
			},
			"error: reading match: missing closing ): \"(\"",
		},
		"a pin": {
			func(d *Document, _ *Series) error {
				return d.SetCommit(themes, "5555555555555555555555555555555555555555")
			},
			"-commit  = \"4444444444444444444444444444444444444444\"\n+commit  = \"5555555555555555555555555555555555555555\"\n",
		},
		"a key that was not there": {
			func(d *Document, _ *Series) error { return d.setKey(themes, "required", "false") },
			"+required = false\n",
		},
		"without a change and its comment": {
			func(d *Document, _ *Series) error { return d.Drop(post) },
			"-# Asked for in June.\n-[[change]]\n-name = \"post-length\"\n-why  = \"Members asked.\"   # often\n-edit = [\n" +
				"-  { file = \"a.rb\", find = \"500\", replace = \"512\" },\n-]\n-\n",
		},
		"without the last change": {
			func(d *Document, _ *Series) error { return d.Drop(&Change{Name: "tables"}) },
			"-[[change]]\n-name = \"tables\"\n-[[change.edit]]\n-file = \"c\"\n-find = \"x\"\n-replace = \"y\"\n-\n",
		},
		"a proof": {
			func(d *Document, _ *Series) error {
				return d.SetLanded(themes, "mastodon/mastodon#37612", "6666666666666666666666666666666666666666")
			},
			"-name    = \"themes\"\n-why     = \"Two themes.\"\n-pull    = \"vmstan/mastodon#6\"\n" +
				"-commit  = \"4444444444444444444444444444444444444444\"\n+name   = \"themes\"\n+why    = \"Two themes.\"\n" +
				"+landed = \"mastodon/mastodon#37612\"\n+commit = \"6666666666666666666666666666666666666666\"\n",
		},
		"no such change": {
			func(d *Document, _ *Series) error { return d.Drop(&Change{Name: "nothing"}) },
			`error: series.toml: there is no change "nothing"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := rewritten(t, tt.do); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// TestDocumentReads: appending changes and dropping them again leaves the file as it was.
func TestDocumentReads(t *testing.T) {
	d, err := ParseDocument("series.toml", []byte(before))
	if err != nil {
		t.Fatal(err)
	}
	whole := []byte(strings.TrimSuffix(before, "\n# The end.\n"))
	if err := d.set(whole); err != nil {
		t.Fatal(err)
	}
	for _, e := range []Edit{{File: "é/ü.rb", Find: "a\tb\r\n\"'\\", Replace: "\x01", Count: 3},
		{File: "x", Match: `^\s+'`, Replace: "$0"}} {
		if err := d.AppendEdit("new", "It's \"quoted\".", e); err != nil {
			t.Fatal(err)
		}
		changes := d.root.Get("change").Value.List
		edits := changes[len(changes)-1].Get("edit").Value.List
		last := edits[len(edits)-1]
		for key, want := range map[string]string{"file": e.File, "find": e.Find, "match": e.Match, "replace": e.Replace} {
			if k := last.Get(key); k != nil && k.Value.Text != want {
				t.Errorf("%s reads back as %q, was %q", key, k.Value.Text, want)
			}
		}
	}
	if err := d.Drop(&Change{Name: "new"}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(d.Bytes(), whole) {
		t.Errorf("got:\n%s\nwant:\n%s", d.Bytes(), whole)
	}
}

// TestSetOver: the checksums in over are written, replaced and removed; the rest of the file stays.
func TestSetOver(t *testing.T) {
	const head, tail = "# ours\n[[change]]\nname    = \"logo\"\noverlay = \"logo\" # drawn\n", "from    = \"06-01\"\n"
	for name, c := range map[string]struct {
		was  string
		over map[string]string
		want string
	}{
		"none, and none wanted": {head + tail, nil, head + tail},
		"a first one": {head + tail, map[string]string{"a.svg": "11"},
			"# ours\n[[change]]\nname    = \"logo\"\nover = { \"a.svg\" = \"11\" }\noverlay = \"logo\" # drawn\n" + tail},
		"others": {head + "over    = { \"a.svg\" = \"11\" } # read\n" + tail,
			map[string]string{"a.svg": "22", "b.svg": "33"},
			head + "over    = { \"a.svg\" = \"22\", \"b.svg\" = \"33\" } # read\n" + tail},
		"none any more": {head + "over    = { \"a.svg\" = \"11\" }\n", nil,
			"# ours\n[[change]]\nname    = \"logo\"\noverlay = \"logo\"\n"},
		"in a table of its own": {head + "[change.over]\n\"a.svg\" = \"11\"\n", map[string]string{"a.svg": "22"},
			"# ours\n[[change]]\nname    = \"logo\"\noverlay = \"logo\"\nover    = { \"a.svg\" = \"22\" }\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := ParseDocument("series.toml", []byte(c.was))
			if err != nil {
				t.Fatal(err)
			}
			logo := &Change{Name: "logo", Kind: KindOverlay, Overlay: &Overlay{Folder: "logo", Local: map[string]tree.File{}},
				Required: true}
			if err := d.SetOver(logo, c.over); err != nil {
				t.Fatal(err)
			}
			if got := string(d.Bytes()); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
