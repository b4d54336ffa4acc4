package target

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

func TestCaller(t *testing.T) {
	for _, tc := range []struct{ arg0, config, want string }{
		{"/home/me/.magefile/0123456789abcdef0123456789abcdef01234567", "", "go tool mage patch:new -change=x"},
		{"/home/me/.magefile/" + strings.Repeat("0123456789abcdef", 4), "", "go tool mage patch:new -change=x"},
		{"./howdah", "", "./howdah patch:new -change=x"},
		{"/opt/my tools/howdah", "", "'/opt/my tools/howdah' patch:new -change=x"},
		{"/tmp/go-build123/b001/exe/magefile", "", "go tool mage patch:new -change=x"},
		{"", "../my site/howdah.toml", "HOWDAH_CONFIG='../my site/howdah.toml' go tool mage patch:new -change=x"},
	} {
		if got := CallerOf(tc.arg0, tc.config).Line(PatchNew.Command("-change=x")); got != tc.want {
			t.Errorf("%s, want %s", got, tc.want)
		}
	}
	got := (Caller{}).Line(fault.Command{Target: "a", Args: []string{"it's", "$x", ""}})
	if got != `go tool mage a 'it'\''s' '$x' ''` {
		t.Error(got)
	}
}

// TestText writes the names of targets in a message as the caller types them.
func TestText(t *testing.T) {
	for message, want := range map[string]string{
		`unknown option of patch:check: "-ofline"`:            `unknown option of patch check: "-ofline"`,
		"patch:export needs FORM: quilt, mailbox or branch":   "patch export needs FORM: quilt, mailbox or branch",
		`another run, "image:build", has locked "dist/.lock"`: `another run, "image build", has locked "dist/.lock"`,
		"publish:hold and publish:push":                       "publish hold and publish push",
		"open patch:new's work tree again":                    "open patch new's work tree again",
		"release needs a reason":                              "release needs a reason",
		"upstream:main, image:web and patch:checks":           "upstream:main, image:web and patch:checks",
	} {
		if got := (Caller{Words: true}).Text(message); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := (Caller{}).Text(message); got != message {
			t.Errorf("for mage %q, want %q", got, message)
		}
	}
}

// TestElsewhere makes of a CI job's caller what works on a person's machine.
func TestElsewhere(t *testing.T) {
	for from, want := range map[Caller]string{
		{Program: "go tool mage", Config: "../howdah.toml"}:                          "go tool mage patch:check",
		{Program: "/home/runner/work/_temp/howdah", Words: true, Config: "x/y.toml"}: "howdah patch check",
		{Program: "'/opt/a b/howdah'", Words: true}:                                  "howdah patch check",
	} {
		if got := from.Elsewhere().Line(PatchCheck.Command()); got != want {
			t.Errorf("%+v: %q, want %q", from, got, want)
		}
	}
}

// TestDocs names a page of docs/ where the caller finds it: beside a checkout's program, or at its address.
func TestDocs(t *testing.T) {
	const docs = "https://example.org/blob/1a2b/docs"
	for hint, want := range map[string]string{
		"docs/safety.md has the limits":          docs + "/safety.md has the limits",
		"the kind pull in docs/series.md":        "the kind pull in " + docs + "/series.md",
		"see (docs/ci.md), and docs/json.md":     "see (" + docs + "/ci.md), and " + docs + "/json.md",
		"look at theirs: mydocs/series.md":       "look at theirs: mydocs/series.md",
		"https://example.org/x/docs/series.md":   "https://example.org/x/docs/series.md",
		"put it into docs/ of your distribution": "put it into docs/ of your distribution",
	} {
		if got := (Caller{Docs: docs}).Hint(fault.Hintf("%s", hint)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := (Caller{}).Hint(fault.Hintf("%s", hint)); got != hint {
			t.Errorf("in a checkout %q, want %q", got, hint)
		}
	}
}
