package cli_test

import (
	"fmt"
	"strings"
)

const edit = `edit = [ { file = "Gemfile", find = "gem", replace = "x" } ]`

// badEntries are what follows `[[change]]` and a name in series.toml, and on which line of the file it is wrong.
var badEntries = []struct {
	text string
	line int
}{
	{"", 2}, {"name = \"y\"\n" + edit, 3}, {`why = 1` + "\n" + edit, 3}, {`required = "no"` + "\n" + edit, 3},
	{`requird = false` + "\n" + edit, 3},
	{`for = 1` + "\n" + edit, 3}, {`for = ""` + "\n" + edit, 3}, {`for = "4.6"` + "\n" + edit, 3},
	{`for = ">= 4.6, < 4.5"` + "\n" + edit, 3}, {`for = "< 0.0.0"` + "\n" + edit, 3},
	{`for = "= 4.5, = 4.6"` + "\n" + edit, 3},
	{`from = "06-01"` + "\n" + edit, 3}, {`until = "06-01"` + "\n" + edit, 3},
	{"from = \"13-01\"\nuntil = \"06-01\"\n" + edit, 3}, {"from = \"02-30\"\nuntil = \"06-01\"\n" + edit, 3},
	{"from = \"0000-01-01\"\nuntil = \"2026-01-01\"\n" + edit, 3},
	{"from = \"2026-06-30\"\nuntil = \"2026-06-01\"\n" + edit, 4},
	{"from = \"06-01\"\nuntil = \"2026-06-01\"\n" + edit, 4}, {"from = 1\nuntil = 2\n" + edit, 3},
	{`allow = "x"` + "\n" + edit, 3}, {`allow = ["x"]` + "\n" + edit, 3}, {`allow = [1]` + "\n" + edit, 3},
	{edit + "\n" + `patch = "x.patch"`, 2}, {`commit = "x"` + "\n" + edit, 3}, {`over = {}` + "\n" + edit, 3},
	{`edit = 1`, 3}, {`edit = []`, 3}, {`edit = [1]`, 3}, {`edit = [{}]`, 3}, {`edit = [ { file = "Gemfile" } ]`, 3},
	{`edit = [ { file = "Gemfile", find = "a" } ]`, 3}, {`edit = [ { find = "a", replace = "b" } ]`, 3},
	{`edit = [ { file = "Gemfile", find = "", replace = "b" } ]`, 3},
	{`edit = [ { file = "Gemfile", find = "a", replace = "a" } ]`, 3},
	{`edit = [ { file = "Gemfile", find = "a", match = "a", replace = "b" } ]`, 3},
	{`edit = [ { file = "Gemfile", match = "(", replace = "b" } ]`, 3},
	{`edit = [ { file = "Gemfile", match = "(?=x)", replace = "b" } ]`, 3},
	{`edit = [ { file = "Gemfile", match = "a", replace = "$1" } ]`, 3},
	{`edit = [ { file = "Gemfile", match = "a{1001}", replace = "b" } ]`, 3},
	{`edit = [ { file = "Gemfile", match = "(a|b){900}(c|d){900}", replace = "b" } ]`, 3},
	{`edit = [ { file = "Gemfile", find = "a", replace = "b", count = 0 } ]`, 3},
	{`edit = [ { file = "Gemfile", find = "a", replace = "b", count = -1 } ]`, 3},
	{`edit = [ { file = "Gemfile", find = "a", replace = "b", count = "2" } ]`, 3},
	{`edit = [ { file = "Gemfile", find = "a", replace = "b", count = 10001 } ]`, 3},
	{`edit = [ { file = "Gemfile", find = "a", replace = "b", cuont = 1 } ]`, 3},
	{`patch = 1`, 3}, {`patch = "nowhere.patch"`, 3}, {`patch = "overlays"`, 3},
	{`pull = "x"`, 3}, {`pull = "a/b#0"` + "\n" + `commit = "0123456789012345678901234567890123456789"`, 3},
	{`pull = "a/b#1"`, 3}, {`pull = "a/b#1"` + "\n" + `commit = "abc"`, 4},
	{`pull = "a/b#1"` + "\n" + `commit = "0000000000000000000000000000000000000000"`, 4},
	{`pull = "-x/y#1"` + "\n" + `commit = "0123456789012345678901234567890123456789"`, 3},
	{`landed = "x"`, 3}, {`landed = "a/b#1"`, 3}, {`overlay = 1`, 3}, {`overlay = "nowhere"`, 3}, {`overlay = {}`, 3},
	{`overlay = { repository = "https://example.com/x", commit = "x", files = { a = "b" } }`, 3},
	{`overlay = { repository = "ext::x", commit = "0123456789012345678901234567890123456789", files = { a = "b" } }`, 3},
	{`overlay = { repository = "https://u:p@example.com/x", commit = "0123456789012345678901234567890123456789", ` +
		`files = { a = "b" } }`, 3},
	{`overlay = { repository = "https://example.com/x", commit = "0123456789012345678901234567890123456789" }`, 3},
	{`overlay = { repository = "https://example.com/x", commit = "0123456789012345678901234567890123456789", ` +
		`files = { a = "b" }, sha256 = "x" }`, 3},
	{`overlay = "elephant"` + "\n" + `over = 1`, 4}, {`overlay = "elephant"` + "\n" + `over = { a = "x" }`, 4},
}

// unsafePaths are what no change may touch.
var unsafePaths = []string{"/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", "a/", ".git/config", ".GIT/config",
	"a/.git/x", "git~1/x", ".git /x", ".gitattributes", ".gitmodules", ".GitModules", "gitmod~1",
	".github/workflows/x.yml",
	".GitHub/Workflows/x", "-x", `a\\b`, "C:/x", "a\u202eb", "a\u200bb", "a\\u0001b", "a\\tb", strings.Repeat("a", 256),
	strings.Repeat("a/", 65) + "a", strings.Repeat("abcdefg/", 513) + "a"}

func badSeries() (out []badInput) {
	for _, e := range badEntries {
		out = append(out, badInput{
			name: fmt.Sprintf("series %q", e.text), files: series("[[change]]\nname = \"x\"\n" + e.text + "\n"),
			exit: 2, at: fmt.Sprintf("patches/series.toml:%d: ", e.line),
		})
	}
	for _, name := range []string{"", "X", "a b", "a_b", strings.Repeat("a", 65), "ä", "a/b", "."} {
		out = append(out, badInput{name: fmt.Sprintf("change name %q", name),
			files: series(fmt.Sprintf("[[change]]\nname = %q\n%s\n", name, edit)), exit: 2, at: "patches/series.toml:2: "})
	}
	for _, name := range unsafePaths {
		text := "[[change]]\nname = \"x\"\nedit = [ { file = \"" + name + "\", find = \"a\", replace = \"b\" } ]\n"
		out = append(out, badInput{name: fmt.Sprintf("edit of %.60q", name), files: series(text), exit: 7,
			at: "patches/series.toml:2"})
	}
	for _, name := range unsafePaths {
		if strings.ContainsAny(name, "\\\u202e\u200b") {
			continue // git quotes these
		}
		diff := "diff --git a/" + name + " b/" + name + "\nnew file mode 100644\n--- /dev/null\n+++ b/" + name +
			"\n@@ -0,0 +1 @@\n+x\n"
		out = append(out, badInput{name: fmt.Sprintf("patch of %.60q", name),
			files: namingPatch(map[string]any{"patches/p.patch": diff}), exit: 7, at: "patches/p.patch:1"})
	}
	for _, c := range []struct {
		name, text string
		exit       int
		at         string
	}{
		{"no toml", "change", 2, "patches/series.toml:1"},
		{"unknown table", "[[chnage]]\nname = \"x\"\n", 2, "patches/series.toml:1"},
		{"change as a table", "[change]\nname = \"x\"\n", 2, "patches/series.toml:1"},
		{"bom", "\xef\xbb\xbf[[change]]\n", 2, "patches/series.toml:1"},
		{"no utf-8", "[[change]]\nname = \"\xff\"\n", 2, "patches/series.toml:2"},
		{"nul", "[[change]]\n\x00\n", 2, "patches/series.toml:2"},
		{"twice", "[[change]]\nname = \"x\"\n" + edit + "\n[[change]]\nname = \"x\"\n" + edit + "\n", 2,
			"patches/series.toml:5"},
		{"two keys", "[[change]]\nname = \"x\"\nname = \"y\"\n", 2, "patches/series.toml:3"},
		{"conflict markers", "<<<<<<< ours\n[[change]]\n=======\n>>>>>>> theirs\n", 2, "patches/series.toml:1"},
	} {
		out = append(out, badInput{name: "series.toml: " + c.name, files: series(c.text), exit: c.exit, at: c.at})
	}
	return out
}

// series leaves the folder of changes with this series.toml alone, and an overlay that nobody has to name.
func series(text string) map[string]any {
	return map[string]any{"patches/series.toml": text, "patches/unlisted-icon.patch": nil, "patches/overlays": nil}
}

// namingPatch leaves the folder of changes with these files and a series that names p.patch.
func namingPatch(files map[string]any) map[string]any {
	files["patches/series.toml"] = "[[change]]\nname = \"x\"\npatch = \"p.patch\"\n"
	files["patches/unlisted-icon.patch"], files["patches/overlays"] = nil, nil
	return files
}
