package cli_test

import (
	"fmt"
	"strings"
)

// misplaced are patches whose hunks fit nowhere, or in many places, of a large file that the first change adds.
func misplaced() (out []badInput) {
	add := func(name, content string, patches int, patch func(i int) string) {
		files := namingPatch(map[string]any{"patches/p.patch": made(func() string { return added("new.txt", content) })})
		list := "[[change]]\nname = \"x\"\npatch = \"p.patch\"\n"
		for i := range patches {
			files[fmt.Sprintf("patches/q%d.patch", i)] = made(func() string {
				return "diff --git a/new.txt b/new.txt\n--- a/new.txt\n+++ b/new.txt\n" + patch(i)
			})
			list += fmt.Sprintf("[[change]]\nname = \"y%d\"\npatch = \"q%d.patch\"\n", i, i)
		}
		files["patches/series.toml"] = list
		out = append(out, badInput{name: "heavy: " + name, files: files, exit: 3, at: "need"})
	}
	hunk := func(at, lines int, old string) string {
		return fmt.Sprintf("@@ -%d,%d +%d,%d @@\n%s", at, lines, at, lines, old)
	}
	times := func(n int, text func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(text(i))
		}
		return b.String()
	}
	equal, same := strings.Repeat("a\n", 200_000), strings.Repeat(" a\n", 300)
	numbered := times(120_000, func(i int) string { return fmt.Sprintf("line %d words\n", i) })
	add("hunks that fit nowhere among equal lines", equal, 1, func(int) string {
		return times(200, func(i int) string { return hunk(1000*i+1, 301, same+"-b\n+c\n") })
	})
	add("twenty patches whose hunks fit nowhere among equal lines", equal, 20,
		func(i int) string { return hunk(1000+i, 301, same+"-b\n+c\n") })
	add("twenty patches whose hunks fit everywhere among equal lines", equal, 20,
		func(i int) string { return hunk(300_000+i, 601, same+"-a\n+c\n"+same) })
	add("twenty patches whose hunks end like one place among equal lines",
		equal+"b\n"+strings.Repeat("c\n", 99)+strings.Repeat("a\n", 99)+"b\n", 20,
		func(i int) string { return hunk(1000+i, 302, same+"-b\n+c\n d\n") })
	add("forty patches whose words alone are there", numbered, 40, func(i int) string {
		return times(9, func(k int) string { return hunk(1000*k+i+1, 2, " of the words\n-words: line\n+x\n") })
	})
	add("two patches of 40,000 hunks that are a line away", numbered, 2, func(n int) string {
		return times(40_000, func(i int) string {
			return hunk(3*i+1, 3, fmt.Sprintf(" line %d words\n-line %d words\n+x%d\n line %d words\n", 3*i+1, 3*i+2, n, 3*i+3))
		})
	})
	add("three patches of 30,000 hunks whose lines are there apart", numbered, 3, func(int) string {
		return times(30_000, func(i int) string { return hunk(3*i+1, 2, " line 7 words\n-line 5 words\n+x\n") })
	})
	return out
}
