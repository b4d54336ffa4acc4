package cli_test

import (
	"fmt"
	"math/rand"
	"strings"
)

// grow is a change of edits that each make more of the same line.
func grow(edits, times int) string {
	var b strings.Builder
	b.WriteString("[[change]]\nname = \"grow\"\nedit = [\n" +
		"{ file = \"Gemfile\", match = '(?s)\\A.*\\z', replace = \"a\" },\n")
	for range edits {
		fmt.Fprintf(&b, "{ file = \"Gemfile\", match = '(?s)\\A(.*)\\z', replace = %q },\n", strings.Repeat("$1", times))
	}
	return b.String() + "]\n"
}

// many are so many changes, each made by text of its number.
func many(n int, text func(int) string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[[change]]\nname = \"c%d\"\n%s\n", i, text(i))
	}
	return b.String()
}

// lines are so many lines of so few kinds, by chance but the same each time.
func lines(n, kinds int, mark string) string {
	by := rand.New(rand.NewSource(int64(n + kinds)))
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "%s%d\n", mark, by.Intn(kinds))
	}
	return b.String()
}

// added is a patch that adds a file.
func added(name, content string) string {
	n := strings.Count(content, "\n")
	return fmt.Sprintf("diff --git a/%s b/%[1]s\nnew file mode 100644\n--- /dev/null\n+++ b/%[1]s\n@@ -0,0 +1,%d @@\n+%s",
		name, n, strings.ReplaceAll(strings.TrimSuffix(content, "\n"), "\n", "\n+")) + "\n"
}

// heavyInputs are small inputs, below ten megabytes, that ask for much time or memory.
func heavyInputs() (out []badInput) {
	add := func(name string, exit int, at string, files func() map[string]any) {
		out = append(out, badInput{name: "heavy: " + name, files: files(), exit: exit, at: at})
	}
	toml := func(name string, exit int, at string, text func() string) {
		add(name, exit, at, func() map[string]any {
			files := series("")
			files["patches/series.toml"] = made(text)
			return files
		})
	}
	failing := func(i int) string {
		return fmt.Sprintf("edit = [ { file = \"Gemfile\", find = \"nothing %d\", replace = \"x\" } ]", i)
	}
	toml("twelve edits of one line", 2, "which is the limit of one file", func() string { return grow(12, 10) })
	toml("a hundred edits of one line", 2, "which is the limit of one file", func() string { return grow(100, 7) })
	toml("2,000 failing changes", 3, "2000 of 2000 changes need you", func() string { return many(2000, failing) })
	toml("2,000 changes that need the first", 3, "need you", func() string {
		return many(2000, func(i int) string {
			if i == 0 {
				return "edit = [ { file = \"Gemfile\", find = \"nothing\", replace = \"x\" }, { file = \"yarn.lock\", find = " +
					"\"nothing\", replace = \"x\" } ]"
			}
			return fmt.Sprintf("edit = [ { file = \"Gemfile\", find = \"x%d\", replace = \"x%d\" } ]", i, i+1)
		})
	})
	toml("2,000 changes that do the same", 3, "need you", func() string {
		return many(2000, func(int) string { return `edit = [ { file = "Gemfile", match = '\A(.)', replace = "%" } ]` })
	})
	toml("5,001 changes", 2, "at most 5000", func() string { return many(5001, failing) })
	toml("2,001 edits", 2, "at most 2000", func() string {
		return "[[change]]\nname = \"x\"\nedit = [\n" +
			strings.Repeat("{ file = \"Gemfile\", find = \"a\", replace = \"b\" },\n", 2001) + "]\n"
	})
	toml("a key of 100,000 parts", 2, "a key of 100001 dotted parts",
		func() string { return strings.Repeat("a.", 100_000) + "b = 1\n" })
	toml("a header of 100,000 parts", 2, "a key of 100001 dotted parts",
		func() string { return "[" + strings.Repeat("a.", 100_000) + "b]\n" })
	toml("a list 5,000 deep", 2, "nested more than",
		func() string { return "x = " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n" })
	toml("a million brackets", 2, "nested more than", func() string { return "x = " + strings.Repeat("[", 1_000_000) })
	toml("300,000 keys", 2, "keys in one table", func() string { return many(0, failing) + keys(300_000) })
	toml("300,000 unknown keys in changes", 2, "unknown key", func() string {
		return many(300, func(i int) string { return keys(300) })
	})
	toml("100,000 headers", 2, "more than 1000 tables", func() string {
		var b strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&b, "[a%d]\n", i)
		}
		return b.String()
	})
	toml("a list of a million values", 2, "list of more than",
		func() string { return "x = [" + strings.Repeat("1,", 1_000_000) + "]\n" })
	toml("the same name 5,000 times", 2, "have the name", func() string {
		var b strings.Builder
		for i := range 5000 {
			fmt.Fprintf(&b, "[[change]]\nname = \"x\"\nfor = \"= %d.1\"\n%s\n", i, edit)
		}
		return b.String()
	})
	out = append(out, conditional(failing)...)
	toml("find of 900 KB", 3, "(900000 bytes)", func() string {
		return "[[change]]\nname = \"x\"\nedit = [ { file = \"Gemfile\", find = \"" + strings.Repeat("x", 900_000) +
			"\", replace = \"\" } ]\n"
	})
	toml("why of 3 MB", 3, "need", func() string {
		return "[[change]]\nname = \"x\"\nwhy = \"" + strings.Repeat("why ", 750_000) +
			"\"\nedit = [ { file = \"Gemfile\", find = \"nothing here\", replace = \"\" } ]\n"
	})
	toml("a path of 3 MB", 7, "patches/series.toml:2", func() string {
		return "[[change]]\nname = \"x\"\nedit = [ { file = \"" + strings.Repeat("a/", 1_500_000) +
			"a\", find = \"x\", replace = \"\" } ]\n"
	})
	toml("a match of 3 MB", 2, "match has", func() string {
		return "[[change]]\nname = \"x\"\nedit = [ { file = \"Gemfile\", match = \"" + strings.Repeat("a?", 1_500_000) +
			"\", replace = \"\" } ]\n"
	})
	toml("matches that repeat much", 2, "repeats too much", func() string {
		return "[[change]]\nname = \"x\"\nedit = [ { file = \"Gemfile\", match = '(.{0,30}x){33}', replace = \"\" } ]\n"
	})
	toml("a name of 3 MB", 2, "patches/series.toml:2",
		func() string { return "[[change]]\nname = \"" + strings.Repeat("a", 3_000_000) + "\"\n" + edit + "\n" })
	toml("a hundred heavy matches", 2, "more searching and merging than is allowed", func() string {
		big := "edit = [ { file = \"Gemfile\", match = '(?s)\\A.*\\z', replace = \"" + strings.Repeat("a", 500_000) + "\" } ]"
		return many(1, func(int) string { return big }) + strings.ReplaceAll(many(100, func(int) string {
			return "edit = [ { file = \"Gemfile\", match = '[a-z]{0,900}b', replace = \"x\" } ]"
		}), "name = \"c", "name = \"m")
	})
	patch := func(name string, exit int, at string, text func() string) {
		add(name, exit, at, func() map[string]any { return namingPatch(map[string]any{"patches/p.patch": made(text)}) })
	}
	patch("a subject of 10 MB", 0, "", func() string {
		return "Subject: " + strings.Repeat("long ", 2_000_000) + "\n\n" + added("new.txt", "x\n")
	})
	patch("a folded subject of 10 MB", 0, "", func() string {
		return mail(1, strings.Repeat("long\n ", 800_000), added("new.txt", "x\n"))
	})
	patch("a head of a hunk of 5 MB", 2, "patches/p.patch:4", func() string {
		return "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -" + strings.Repeat("1", 5_000_000) + " +1 @@\n+x\n"
	})
	patch("a name of 5 MB", 7, "patches/p.patch:1", func() string { return added(strings.Repeat("a", 5_000_000), "x\n") })
	patch("20,000 files", 2, "more than 10000 files", func() string {
		var b strings.Builder
		for i := range 20_000 {
			b.WriteString(added(fmt.Sprintf("new/%d", i), "x\n"))
		}
		return b.String()
	})
	patch("9,000 files in one folder", 0, "", func() string {
		var b strings.Builder
		for i := range 9_000 {
			b.WriteString(added(fmt.Sprintf("new/%d", i), "x\n"))
		}
		return b.String()
	})
	patch("300,000 hunks", 2, "lines, at most", func() string { return hunks(300_000) })
	patch("249,000 hunks", 3, "need", func() string { return hunks(249_000) })
	patch("a million lines", 0, "", func() string { return added("new.txt", strings.Repeat("\n", 999_990)) })
	add("five patches of a million lines", 2, "more than 1000000 lines", func() map[string]any {
		files := namingPatch(map[string]any{})
		list := ""
		for i := range 5 {
			files[fmt.Sprintf("patches/p%d.patch", i)] = made(func() string {
				return added(fmt.Sprintf("new%d.txt", i), strings.Repeat("\n", 999_990))
			})
			list += fmt.Sprintf("[[change]]\nname = \"c%d\"\npatch = \"p%d.patch\"\n", i, i)
		}
		files["patches/series.toml"] = list
		return files
	})
	add("two patches of half a million lines", 0, "", func() map[string]any {
		files := namingPatch(map[string]any{"patches/p.patch": made(func() string {
			return added("new.txt", strings.Repeat("\n", 499_900))
		}), "patches/q.patch": made(func() string { return added("other.txt", strings.Repeat("x\n", 499_900)) })})
		files["patches/series.toml"] = "[[change]]\nname = \"c0\"\npatch = \"p.patch\"\n[[change]]\nname = \"y\"\n" +
			"patch = \"q.patch\"\n"
		return files
	})
	toml("three files grow five times", 2, "more searching and merging than is allowed", func() string {
		return many(15, func(i int) string {
			return strings.ReplaceAll(strings.SplitN(grow(7, 10), "\n", 3)[2], "Gemfile", []string{"Gemfile", "yarn.lock",
				"package.json"}[i%3])
		})
	})
	toml("an edit of 10,000 long replacements", 2, "which is the limit", func() string {
		return "[[change]]\nname = \"x\"\nedit = [\n{ file = \"Gemfile\", match = '(?s)\\A.*\\z', replace = \"" +
			strings.Repeat("a", 9_999) + "\" },\n{ file = \"Gemfile\", find = \"a\", count = 9999, replace = \"" +
			strings.Repeat("b", 4_000) + "\" },\n]\n"
	})
	patch("three million lines", 2, "lines, at most",
		func() string { return added("new.txt", strings.Repeat("\n", 3_000_000)) })
	out = append(out, misplaced()...)
	add("both add a file of few kinds of lines", 3, "need", func() map[string]any {
		files := namingPatch(map[string]any{"patches/p.patch": made(func() string {
			return added("new.txt", lines(150_000, 10, ""))
		}), "patches/q.patch": made(func() string { return added("new.txt", lines(149_000, 11, "")) })})
		files["patches/series.toml"] = "[[change]]\nname = \"x\"\npatch = \"p.patch\"\n[[change]]\nname = \"y\"\n" +
			"patch = \"q.patch\"\n"
		return files
	})
	add("an overlay of 10,001 files", 2, "more than 10000 files", func() map[string]any {
		files := map[string]any{"patches/series.toml": "[[change]]\nname = \"x\"\noverlay = \"many\"\n",
			"patches/unlisted-icon.patch": nil, "patches/overlays/elephant": nil, "patches/overlays/pride-logo": nil}
		for i := range 10_001 {
			files[fmt.Sprintf("patches/overlays/many/%d/%d", i/100, i)] = "x"
		}
		return files
	})
	add("howdah.toml of a key of 100,000 parts", 2, "mine/howdah.toml:2: a key of", func() map[string]any {
		return map[string]any{"howdah.toml": configHead + strings.Repeat("a.", 100_000) + "b = 1\n"}
	})
	add("howdah.toml of 100,000 unknown keys", 2, "keys in one table",
		func() map[string]any { return map[string]any{"howdah.toml": configHead + keys(90_000)} })
	add("howdah.toml with a name of 900 KB", 2, "mine/howdah.toml:1: ", func() map[string]any {
		return map[string]any{"howdah.toml": "name = \"" + strings.Repeat("a", 900_000) + "\"\n"}
	})
	return out
}

// conditional are series whose changes are for some versions.
func conditional(change func(int) string) (out []badInput) {
	add := func(name string, exit int, at string, toml func() string) {
		files := series("")
		files["patches/series.toml"] = made(toml)
		out = append(out, badInput{name: "heavy: " + name, files: files, exit: exit, at: at})
	}
	comparisons := func(n int, form string, i int) string {
		return times(n, func(k int) string { return fmt.Sprintf(form, k+1, i) })
	}
	add("4,900 changes for 15 comparisons", 0, "… 4500 changes more", func() string {
		return many(4900, func(i int) string {
			return fmt.Sprintf("for = \"%s>= 4.0\"\n%s", comparisons(14, ">= 4.%[1]d, ", 0), change(i))
		})
	})
	add("4,900 changes for comparisons that differ", 2, "more than 20000 comparisons in all", func() string {
		return many(4900, func(i int) string {
			return fmt.Sprintf("for = \"%s>= 4.0\"\n%s", comparisons(15, "!= %d.%d, ", i), change(i))
		})
	})
	add("1,200 changes for comparisons that differ", 3, "need you", func() string {
		return many(1200, func(i int) string {
			return fmt.Sprintf("for = \"%s>= 4.0\"\n%s", comparisons(15, "!= %d.0.%d, ", i+1), change(i))
		})
	})
	add("100 names of 49 changes each", 3, "need you", func() string {
		return times(4900, func(i int) string {
			return fmt.Sprintf("[[change]]\nname = \"c%d\"\nfor = \"%s= 4.%d.0\"\n%s\n", i/49,
				comparisons(15, "!= 3.%d.%d, ", 1), i%49, change(i))
		})
	})
	return out
}

// hunks is a patch of so many hunks.
func hunks(n int) string {
	var b strings.Builder
	b.WriteString("diff --git a/Gemfile b/Gemfile\n--- a/Gemfile\n+++ b/Gemfile\n")
	for i := range n {
		fmt.Fprintf(&b, "@@ -%d,2 +%d,2 @@\n a\n-b\n+c\n", 2*i+1, 2*i+1)
	}
	return b.String()
}

// keys are so many keys of different names.
func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d=1\n", i)
	}
	return b.String()
}
