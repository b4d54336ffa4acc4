package series_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// TestListLimits: each limit of series.toml can be reached, and one more is refused; docs/safety.md has the numbers.
func TestListLimits(t *testing.T) {
	const one = `{ file = "a", find = "a", replace = "b" }`
	const edit = "edit = [ " + one + " ]"
	const commit = "0123456789012345678901234567890123456789"
	edits := func(n int) func(int) string {
		return func(int) string { return "edit = [\n" + strings.Repeat(one+",\n", n) + "]" }
	}
	compared := func(comparisons, bytes int) func(int) string {
		text := strings.TrimSuffix(strings.Repeat(">= 4.5, ", comparisons), ", ")
		return func(int) string {
			return "for = \"" + text + strings.Repeat(" ", max(0, bytes-len(text))) + "\"\n" + edit
		}
	}
	differing := func(i int) string { // 16 comparisons in each of the first 1,250, then one each
		many := 15
		if i >= 1250 {
			many = 0
		}
		return fmt.Sprintf("for = \"%s>= 4.%d\"\n%s", strings.Repeat(">= 4.0, ", many), i, edit)
	}
	named := func(n int) []byte { // no two are for the same version
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "[[change]]\nname = \"same\"\nfor = \"= 4.%d.0\"\n%s\n", i, edit)
		}
		return []byte(b.String())
	}
	counted := func(n int) func(int) string {
		return func(int) string {
			return fmt.Sprintf("edit = [ { file = \"a\", find = \"a\", replace = \"b\", count = %d } ]", n)
		}
	}
	matching := func(match string) func(int) string {
		return func(int) string { return "edit = [ { file = \"a\", match = '" + match + "', replace = \"b\" } ]" }
	}
	different := func(n int) string { // n characters without repetition
		var b strings.Builder
		for i := range n {
			b.WriteRune(rune(0x4e00 + i))
		}
		return b.String()
	}
	pinned := func(i int) string {
		if i%2 == 0 {
			return fmt.Sprintf("pull = \"a/b#%d\"\ncommit = %q", i+1, commit)
		}
		return fmt.Sprintf("overlay = { repository = \"https://example.org/%d\", commit = %q, files = { \"a\" = \"a\" } }", i,
			commit)
	}
	landed := func(i int) string { return fmt.Sprintf("landed = \"a/b#1\"\ncommit = \"%040d\"", i+1) }
	same := func(i int) string { return landed(i % 100) }
	change := func(int) string { return edit }
	padded := func(bytes int) []byte {
		list := listOf(1, change)
		return append(list, "#"+strings.Repeat("x", bytes-len(list)-1)...)
	}
	for _, test := range []struct {
		name string
		list []byte
		says string
	}{
		{"5,000 changes", listOf(5_000, change), ""},
		{"5,001 changes", listOf(5_001, change), "the series has 5001 changes, at most 5000 are allowed"},
		{"50 changes of one name", named(50), ""},
		{"51 changes of one name", named(51), `more than 50 changes have the name "same"`},
		{"20,000 comparisons that differ", listOf(1250, differing), ""},
		{"20,001 comparisons that differ", listOf(1251, differing), "more than 20000 comparisons in all that differ"},
		{"20,000 comparisons twice", append(listOf(1250, differing), []byte(strings.ReplaceAll(
			string(listOf(1250, differing)), `name = "c`, `name = "d`))...), ""},
		{"50 that other repositories have", listOf(50, pinned), ""},
		{"51 that other repositories have", listOf(51, pinned), "at most 50 changes may be pull requests or overlays"},
		{"100 commits that have landed", listOf(100, landed), ""},
		{"101 commits that have landed", listOf(101, landed), "at most 100 commits may have landed"},
		{"100 commits that have landed, twice", listOf(200, same), ""},
		{"2,000 edits", listOf(1, edits(2_000)), ""},
		{"2,001 edits", listOf(1, edits(2_001)), "patches/series.toml:3: the change has 2001 edits, at most 2000 are"},
		{"16 comparisons", listOf(1, compared(16, 0)), ""},
		{"17 comparisons", listOf(1, compared(17, 0)), "patches/series.toml:3: "},
		{"17 comparisons, by name", listOf(1, compared(17, 0)), "17 comparisons, at most 16 are allowed"},
		{"a for of 1,000 bytes", listOf(1, compared(2, 1000)), ""},
		{"a for of 1,001 bytes", listOf(1, compared(2, 1001)), "1001 bytes, at most 1000 are allowed"},
		{"10,000 matches", listOf(1, counted(10_000)), ""},
		{"10,001 matches", listOf(1, counted(10_001)), `"count" is 10001, at most 10000 matches are allowed`},
		{"a match of 4,096 bytes", listOf(1, matching(strings.Repeat("abcdefgh", 512))), ""},
		{"a match of 4,097 bytes", listOf(1, matching(strings.Repeat("abcdefgh", 512)+"x")),
			"match has 4097 bytes, at most 4096 are allowed"},
		{"a match in the middle of 1,000 things", listOf(1, matching("[ab]{999}")), ""},
		{"a match in the middle of 1,001 things", listOf(1, matching("[ab]{1000}")),
			"it may be in the middle of 1001 things at once, at most 1000 are allowed"},
		{"a match of 20,000 characters", listOf(1, matching("(?:"+different(1000)+"){19}")), ""},
		{"a match of 20,020 characters", listOf(1, matching("(?:"+different(1001)+"){19}")),
			"match is too long with its repetitions written out: 20020 characters, at most 20000 are allowed"},
		{"4 MiB", padded(4 << 20), ""},
		{"4 MiB and a byte", padded(4<<20 + 1),
			"patches/series.toml: the file has 4194305 bytes, at most 4194304 are allowed"},
	} {
		t.Run(test.name, func(t *testing.T) { checkLimit(t, test.says, fstest.MapFS{"series.toml": {Data: test.list}}) })
	}
}

// TestTOMLLimits: each limit of a TOML file can be reached, and one more is refused. A document at the limit is not a
// series: the error is about its first key.
func TestTOMLLimits(t *testing.T) {
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "k%d = 1\n", i)
		}
		return b.String()
	}
	tables := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "[t%d]\n", i)
		}
		return b.String()
	}
	lists := func(n int) string { return strings.Repeat("[[x]]\n"+keys(999), n) } // 1,000 keys each, with the header
	nested := func(n int) string { return "x = " + strings.Repeat("[", n) + strings.Repeat("]", n) + "\n" }
	inline := func(n int) string {
		return "x = " + strings.Repeat("{ a = ", n) + "1" + strings.Repeat(" }", n) + "\n"
	}
	for _, test := range []struct{ name, text, says string }{
		{"100,000 keys", lists(100), `unknown key "x"`},
		{"100,001 keys", lists(100) + "[[x]]\n", "more than 100000 keys"},
		{"2,000 keys in a table", keys(2_000), `unknown key "k0"`},
		{"2,001 keys in a table", keys(2_001), "patches/series.toml:2001: more than 2000 keys in one table"},
		{"1,000 tables", tables(1_000), `unknown key "t0"`},
		{"1,001 tables", tables(1_001), "patches/series.toml:1001: more than 1000 tables"},
		{"a key of 16 parts", strings.Repeat("a.", 15) + "a = 1\n", `unknown key "a"`},
		{"a key of 17 parts", strings.Repeat("a.", 16) + "a = 1\n",
			"patches/series.toml:1: a key of 17 dotted parts, at most 16 are allowed"},
		{"a part of 4,096 bytes", strings.Repeat("a", 4096) + " = 1\n", `unknown key "aaa`},
		{"a part of 4,097 bytes", strings.Repeat("a", 4097) + " = 1\n", "a key of 4097 bytes, at most 4096 are allowed"},
		{"lists 16 deep", nested(16), `unknown key "x"`},
		{"lists 17 deep", nested(17), "patches/series.toml:1: lists or tables nested more than 16 deep"},
		{"tables 16 deep", inline(16), `unknown key "x"`},
		{"tables 17 deep", inline(17), "lists or tables nested more than 16 deep"},
		{"a list of 100,000 values", "x = [" + strings.Repeat("1,", 100_000) + "]\n", `unknown key "x"`},
		{"a list of 100,001 values", "x = [" + strings.Repeat("1,", 100_001) + "]\n", "a list of more than 100000 values"},
	} {
		t.Run(test.name, func(t *testing.T) {
			checkLimit(t, test.says, fstest.MapFS{"series.toml": {Data: []byte(test.text)}})
		})
	}
}
