package series_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
)

// checkLimit loads folders of changes that exceed a limit. The series, or one change of it, has to be refused with
// exit code 2 and a message that has the words of says.
func checkLimit(t *testing.T, says string, folders ...fstest.MapFS) {
	t.Helper()
	var all []series.Folder
	for i, files := range folders {
		all = append(all, series.Folder{Name: []string{"patches", "more"}[i], FS: files})
	}
	s, err := series.Load(all)
	if err == nil {
		for _, c := range s.Changes {
			if c.Refused != nil {
				err = c.Refused
			}
		}
	}
	if says == "" {
		if err != nil {
			t.Errorf("at the limit it says %.300q", err)
		}
		return
	}
	if fault.CodeOf(err) != fault.Usage || !strings.Contains(fmt.Sprint(err), says) {
		t.Errorf("beyond the limit it says %.300q (exit %d), want %q (exit 2)", fmt.Sprint(err), fault.CodeOf(err), says)
	}
}

// listOf returns a series.toml with n changes; text returns the body of each.
func listOf(n int, text func(i int) string) []byte {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[[change]]\nname = \"c%d\"\n%s\n", i, text(i))
	}
	return []byte(b.String())
}

// file returns a file of this size.
func file(bytes int) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(strings.Repeat("x", bytes))}
}

// patches returns a folder of changes for each patch.
func patches(all ...string) fstest.MapFS {
	files := fstest.MapFS{"series.toml": {Data: listOf(len(all), func(i int) string {
		return fmt.Sprintf("patch = \"%d.patch\"", i)
	})}}
	for i, patch := range all {
		files[fmt.Sprintf("%d.patch", i)] = &fstest.MapFile{Data: []byte(patch)}
	}
	return files
}

// adding returns a patch that adds a file with this many lines.
func adding(name string, lines int) string {
	return fmt.Sprintf("diff --git a/%s b/%[1]s\nnew file mode 100644\n--- /dev/null\n+++ b/%[1]s\n@@ -0,0 +1,%d @@\n%s",
		name, lines-5, strings.Repeat("+\n", lines-5))
}

// turning returns a patch that changes the mode of this many files.
func turning(files int) string {
	var b strings.Builder
	for i := range files {
		fmt.Fprintf(&b, "diff --git a/f%d b/f%[1]d\nold mode 100644\nnew mode 100755\n", i)
	}
	return b.String()
}

// TestLimits: each limit of a folder of changes can be reached, and one more is refused; docs/safety.md has the
// numbers.
func TestLimits(t *testing.T) {
	big := file(16 << 20)
	overlays := func(sizes ...*fstest.MapFile) fstest.MapFS {
		files := fstest.MapFS{"series.toml": {Data: listOf(len(sizes), func(i int) string {
			return fmt.Sprintf("overlay = \"c%d\"", i)
		})}}
		for i, f := range sizes {
			files[fmt.Sprintf("overlays/c%d/f", i)] = f
		}
		return files
	}
	overlaid := func(n int) fstest.MapFS { // one overlay with n files
		files := fstest.MapFS{"series.toml": {Data: []byte("[[change]]\nname = \"c\"\noverlay = \"c\"\n")}}
		for i := range n {
			files[fmt.Sprintf("overlays/c/%d", i)] = &fstest.MapFile{Data: []byte("x")}
		}
		return files
	}
	entries := func(n int) fstest.MapFS { // ".", series.toml and overlays are three; each overlay adds two folders
		files := fstest.MapFS{"series.toml": {Data: listOf(10, func(i int) string {
			return fmt.Sprintf("overlay = \"c%d\"", i)
		})}}
		for c := range 10 {
			for i := range n/10 - 3 {
				files[fmt.Sprintf("overlays/c%d/all/%d", c, i)] = &fstest.MapFile{Data: []byte("x")}
			}
		}
		for i := range n - 3 - 10*(n/10-1) {
			files[fmt.Sprintf("README.%d", i)] = &fstest.MapFile{}
		}
		return files
	}
	deep := func(n int) fstest.MapFS { // 44 of the 60 folders count twice, and so does the file
		files := fstest.MapFS{"series.toml": {Data: []byte("[[change]]\nname = \"x\"\noverlay = \"x\"\n")}}
		for i := range n {
			files[fmt.Sprintf("overlays/x/%d%s/f", i, strings.Repeat("/d", 59))] = &fstest.MapFile{Data: []byte("x")}
		}
		return files
	}
	matches := func(n int, match, replace string) fstest.MapFS {
		return fstest.MapFS{"series.toml": {Data: []byte("[[change]]\nname = \"x\"\nedit = [\n" +
			strings.Repeat(fmt.Sprintf("{ file = \"a\", match = '%s', replace = %q },\n", match, replace), n) + "]\n")}}
	}
	rest := func(more int) *fstest.MapFile { // of the sixth of six files
		return file(16<<20 - len(overlays(big, big, big, big, big, big)["series.toml"].Data) + more)
	}
	const million = 1_000_000
	for _, test := range []struct {
		name  string
		files fstest.MapFS
		says  string
	}{
		{"a file of 16 MiB", overlays(big), ""},
		{"a file of 16 MiB and a byte", overlays(file(16<<20 + 1)),
			`overlays/c0/f" has 16777217 bytes, at most 16777216 are allowed`},
		{"96 MiB of files and series.toml", overlays(big, big, big, big, big, rest(0)), ""},
		{"96 MiB of files and series.toml, and a byte", overlays(big, big, big, big, big, rest(1)),
			"the files of the series have more than 96 MiB, which is the limit"},
		{"50,000 files and folders", entries(50_000), ""},
		{"50,001 files and folders", entries(50_001), "more than 50000 files and folders, which is the limit of all"},
		{"an overlay of 10,000 files", overlaid(10_000), ""},
		{"an overlay of 10,001 files", overlaid(10_001), "the overlay has more than 10000 files"},
		{"a patch of 10,000 files", patches(turning(10_000)), ""},
		{"a patch of 10,001 files", patches(turning(10_001)), "more than 10000 files"},
		{"patches of 20,000 files", patches(turning(10_000), turning(10_000)), ""},
		{"patches of 20,001 files", patches(turning(10_000), turning(10_000), turning(1)),
			"the patches change more than 20000 files in all"},
		{"a patch of 1,000,000 lines", patches(adding("a", million)), ""},
		{"a patch of 1,000,001 lines", patches(adding("a", million+1)), "1000001 lines, at most 1000000 are allowed"},
		{"patches of 1,000,000 lines", patches(adding("a", million/2), adding("b", million/2-6), adding("c", 6)), ""},
		{"patches of 1,000,001 lines", patches(adding("a", million/2), adding("b", million/2-6), adding("c", 7)),
			"the patches of the series have more than 1000000 lines, which is the limit"},
		{"400 chains of 60 folders", deep(400), ""},
		{"490 chains of 60 folders", deep(490), "more than 50000 files and folders"},
		{"198 expressions of 1,010 characters", matches(198, "(?:"+strings.Repeat("ab", 50)+"){9}", "x"), ""},
		{"199 expressions of 1,010 characters", matches(199, "(?:"+strings.Repeat("ab", 50)+"){9}", "x"),
			"more than 200000 characters in all, with repetitions written out"},
		{"replacements of 20,000 groups", matches(2, "(a)", strings.Repeat("$1", 10_000)), ""},
		{"replacements of 20,001 groups", matches(1, "(a)", strings.Repeat("$1", 20_001)), "name more than 20000 groups"},
	} {
		t.Run(test.name, func(t *testing.T) { checkLimit(t, test.says, test.files) })
	}
	t.Run("all folders together", func(t *testing.T) {
		other := fstest.MapFS{"series.toml": {Data: bytes.Replace(overlays(file(1))["series.toml"].Data,
			[]byte("name = \"c0"),
			[]byte("name = \"other"), 1)}, "overlays/c0/f": file(1)}
		checkLimit(t, "more than 96 MiB", overlays(big, big, big, big, big, big), other)
	})
}
