package series_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/series"
)

// TestLimits reaches each limit of the folders of changes, and goes beyond it by one: docs/safety.md has the numbers.
func TestLimits(t *testing.T) {
	big := &fstest.MapFile{Data: bytes.Repeat([]byte("x"), 16<<20)}
	overlays := func(n int) fstest.MapFS {
		files, list := fstest.MapFS{}, ""
		for i := range n {
			list += fmt.Sprintf("[[change]]\nname = \"c%d\"\noverlay = \"c%d\"\n", i, i)
			files[fmt.Sprintf("overlays/c%d/f", i)] = big
		}
		files["series.toml"] = &fstest.MapFile{Data: []byte(list)}
		return files
	}
	entries := func(n int) fstest.MapFS { // each folder is an entry, too
		files, list := fstest.MapFS{}, ""
		for c := range 10 {
			list += fmt.Sprintf("[[change]]\nname = \"c%d\"\noverlay = \"c%d\"\n", c, c)
			for i := range n / 10 {
				files[fmt.Sprintf("overlays/c%d/all/%d", c, i)] = &fstest.MapFile{Data: []byte("x")}
			}
		}
		files["series.toml"] = &fstest.MapFile{Data: []byte(list)}
		return files
	}
	compared := func(n int) fstest.MapFS {
		return fstest.MapFS{"series.toml": {Data: []byte("[[change]]\nname = \"x\"\nfor = \"" +
			strings.TrimSuffix(strings.Repeat(">= 4.5, ", n), ", ") +
			"\"\nedit = [ { file = \"a\", find = \"a\", replace = \"b\" } ]\n")}}
	}
	changes := func(n int) fstest.MapFS {
		var list strings.Builder
		for i := range n {
			fmt.Fprintf(&list, "[[change]]\nname = \"c%d\"\nedit = [ { file = \"a\", find = \"a\", replace = \"b\" } ]\n", i)
		}
		return fstest.MapFS{"series.toml": {Data: []byte(list.String())}}
	}
	for _, test := range []struct {
		name  string
		files fstest.MapFS
		says  string
	}{
		{"five files of 16 MiB", overlays(5), ""},
		{"seven files of 16 MiB", overlays(7), "the files of the series have more than 96 MiB, which is the limit"},
		{"49,000 files", entries(49_000), ""},
		{"50,000 files in folders", entries(50_000), "more than 50000 files and folders"},
		{"16 comparisons", compared(16), ""},
		{"17 comparisons", compared(17), "17 comparisons, at most 16 are allowed"},
		{"5,000 changes", changes(5_000), ""},
		{"5,001 changes", changes(5_001), "the series has 5001 changes, at most 5000 are allowed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := series.Load([]series.Folder{{Name: "patches", FS: test.files}})
			said := fmt.Sprint(err)
			if err == nil {
				said = ""
				for _, c := range s.Changes {
					if c.Refused != nil {
						said = c.Refused.Error()
					}
				}
			}
			if test.says == "" && said != "" || !strings.Contains(said, test.says) {
				t.Errorf("it says %.300q, want %q", said, test.says)
			}
		})
	}
}
