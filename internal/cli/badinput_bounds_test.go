package cli_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/diff"
)

// boundedInputs are series below ten megabytes each of which once took seconds or gigabytes.
func boundedInputs() (out []badInput) {
	add := func(name string, exit int, at string, toml func() string, patches map[string]any) {
		files := series("")
		files["patches/series.toml"] = made(toml)
		for name, what := range patches {
			files["patches/"+name] = what
		}
		out = append(out, badInput{name: "heavy: " + name, files: files, exit: exit, at: at})
	}
	whole := func(text string) string {
		return fmt.Sprintf("[[change]]\nname = \"whole\"\nedit = [ { file = \"Gemfile\", match = '(?s)\\A.*\\z', "+
			"replace = %q } ]\n", text)
	}
	edits := func(n int, edit func(i int) string) string {
		return "edit = [\n" + times(n, func(i int) string { return "{ file = \"Gemfile\", " + edit(i) + " },\n" }) + "]"
	}
	const tooMuch = "more searching and merging than is allowed"
	add("1,900 edits of 9,000 matches each", 2, tooMuch, func() string {
		return whole(strings.Repeat("ab\n", 9000)) + many(1, func(int) string {
			return edits(1900, func(i int) string {
				return fmt.Sprintf("find = %q, replace = %q, count = 9000", "ab"[i%2:i%2+1], "ba"[i%2:i%2+1])
			})
		})
	}, nil)
	add("100 expressions of 9,000 matches each", 2, tooMuch, func() string {
		return whole(strings.Repeat("a\n", 9000)) + many(100, func(int) string {
			return edits(1, func(int) string { return "match = '^', replace = \"x\", count = 9000" })
		})
	}, nil)
	add("300 edits of texts that are near each of 100,000 lines", 3, "need you", func() string {
		return whole(strings.Repeat("line one two\n", 100_000)) + many(300, func(i int) string {
			return edits(1, func(int) string { return fmt.Sprintf("find = \"line one tw%d\", replace = \"x\"", i) })
		})
	}, nil)
	add("20 edits of a text that is nearly everywhere", 3, "need you", func() string {
		period := "b" + strings.Repeat("a", 16)
		return whole(strings.Repeat(period, 60_000)) + many(20, func(int) string {
			return edits(1, func(int) string { return "find = \"" + strings.Repeat(period, 4000) + "c\", replace = \"x\"" })
		})
	}, nil)
	add("4,900 expressions of 18,000 characters", 2, "more than 200000 characters in all", func() string {
		return many(4900, func(i int) string {
			return edits(1, func(int) string { return "match = '(?:abcdefghijklmnopqrst){900}', replace = \"x\"" })
		})
	}, nil)
	add("a replacement of a million groups", 2, "name more than 20000 groups", func() string {
		return many(1, func(int) string {
			return edits(1, func(int) string { return "match = '(a)', replace = \"" + strings.Repeat("$1", 1_000_000) + "\"" })
		})
	}, nil)
	add("ten changes of 1,900 edits that find nothing", 3, "10 of 10 changes need you", func() string {
		return many(10, func(int) string {
			return edits(1900, func(i int) string { return fmt.Sprintf("find = \"nothing %d\", replace = \"x\"", i) })
		})
	}, nil)
	copies := func(old string) string {
		return times(9990, func(i int) string {
			return fmt.Sprintf("diff --git a/n.txt b/m/%d\nsimilarity index 99%%\ncopy from n.txt\ncopy to m/%[1]d\n"+
				"--- a/n.txt\n+++ b/m/%[1]d\n@@ -1,2 +1,2 @@\n-%s\n+b%[1]d\n aaa\n", i, old)
		})
	}
	two := func(i int) string { return fmt.Sprintf("patch = \"%d.patch\"", i) }
	list := func(n int) func() string { return func() string { return many(n, two) } }
	add("9,990 copies of one file", 2, "the change writes", list(2), map[string]any{
		"0.patch": added("n.txt", "a\n"+strings.Repeat("aaa\n", 15_000)), "1.patch": copies("a")})
	add("9,990 copies that do not fit", 2, tooMuch, list(2), map[string]any{
		"0.patch": added("n.txt", "a\n"+strings.Repeat("aaa\n", 900_000)), "1.patch": copies("z")})
	add("a hunk of 400,000 lines that nearly fits", 3, "1 of 2 changes needs you", list(2), map[string]any{
		"0.patch": made(func() string { return added("n.txt", lines(400_000, 50, "")) }),
		"1.patch": made(func() string {
			old := lines(400_000, 50, " ")
			return "diff --git a/n.txt b/n.txt\n--- a/n.txt\n+++ b/n.txt\n@@ -1,400001 +1,400001 @@\n" +
				old[:len(old)/2] + "x" + old[len(old)/2:] + "-last\n+c\n"
		})})
	nowhere := made(func() string {
		return "diff --git a/Gemfile b/Gemfile\n--- a/Gemfile\n+++ b/Gemfile\n@@ -1,490001 +1,490001 @@\n" +
			lines(490_000, 490_000, " ") + "-last\n+c\n"
	})
	add("two patches of half a million lines of context that fit nowhere", 3, "need", list(2),
		map[string]any{"0.patch": nowhere, "1.patch": nowhere})
	add("40 binary files of 15 MB that do not fit", 2, "more than 96 MiB", list(40), func() map[string]any {
		all := map[string]any{}
		for i := range 40 {
			all[fmt.Sprintf("%d.patch", i)] = made(func() string { return binaryPatch(byte(i), 15<<20) })
		}
		return all
	}())
	add("2,000 binary files that do not fit", 3, "2000 of 2000 changes need you", list(2000), func() map[string]any {
		all := map[string]any{}
		for i := range 2000 {
			all[fmt.Sprintf("%d.patch", i)] = made(func() string { return binaryPatch(byte(i), 16_000) })
		}
		return all
	}())
	add("500 files 60 folders deep", 2, "more than 20000 files in all", list(1), map[string]any{
		"0.patch": times(500, func(i int) string { return added(fmt.Sprintf("g%d%s", i, strings.Repeat("/x", 60)), "x\n") })})
	add("a lock of 4,900 commits", 2, "series.lock names more upstream commits", func() string {
		return many(4900, func(i int) string {
			return edits(1, func(int) string { return fmt.Sprintf("find = \"nothing %d\", replace = \"x\"", i) })
		})
	}, map[string]any{"../series.lock": made(func() string {
		return "upstream = \"" + strings.Repeat("a", 40) + "\"\n" + times(4900, func(i int) string {
			return fmt.Sprintf("[[change]]\nname = \"c%d\"\nsha256 = %q\nupstream = \"%040x\"\n", i,
				strings.Repeat("a", 64), i+1)
		})
	})})
	add("100 merges of a file of 1 MB, in a series of 9 MB", 0, "102 changes apply", list(102), mergedPatches(100))
	return out
}

// mergedPatches are a patch that makes a file of the miniature 1 MB long, one that adds a file of 8 MB, and n that
// alter a line of the first, near one that upstream added since the commit that the lock names: each is merged.
func mergedPatches(n int) map[string]any {
	const file = "config/initializers/storage.rb"
	edit := func(at, before, after int, lines string) string {
		return fmt.Sprintf("diff --git a/%[1]s b/%[1]s\n--- a/%[1]s\n+++ b/%[1]s\n"+
			"@@ -%[2]d,%[3]d +%[2]d,%[4]d @@\n%[5]s", file, at, before, after, lines)
	}
	region := func(i int) string { return fmt.Sprintf("  region: ENV.fetch('S3_REGION', 'eu-%d'),\n", i+1) }
	all := map[string]any{
		"0.patch": made(func() string {
			return edit(1, 3, 10_003, times(10_000, func(i int) string { return fmt.Sprintf("+%0*d\n", 99, i) })+
				" # frozen_string_literal: true\n \n # Where uploads go.\n")
		}),
		"1.patch": made(func() string {
			return added("more.txt", strings.Repeat(strings.Repeat("y", 99)+"\n", 80_000))
		}),
		"../series.lock": "upstream = \"cbdc71ae11e1e13db91b88ca85eb6012e92f9676\"\n", // the miniature's first
	}
	for i := range n {
		all[fmt.Sprintf("%d.patch", i+2)] = edit(10_004, 7, 7, " STORAGE = {\n   bucket: ENV.fetch('S3_BUCKET', nil),\n"+
			"   endpoint: ENV.fetch('S3_ENDPOINT', nil),\n-"+region(i)+"+"+region(i+1)+
			"   open_timeout: ENV.fetch('S3_OPEN_TIMEOUT', '5').to_i,\n"+
			"   read_timeout: ENV.fetch('S3_READ_TIMEOUT', '5').to_i,\n }.freeze\n")
	}
	return all
}

// binaryPatch is a patch of a file that upstream does not have so, of one byte so many times, to a binary one.
func binaryPatch(of byte, size int) string {
	return string(diff.Format([]*diff.File{diff.Texts("Gemfile", bytes.Repeat([]byte{of | 1}, size), []byte{0})}))
}
