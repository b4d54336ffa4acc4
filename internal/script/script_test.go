package script_test

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/golden"
	"github.com/howdah/howdah/internal/script"
)

// TestFollow compares, for each script: the result of each line, the entries that are written, that these produce the
// script's tree, and what they change. A script with the comment "real: SHELL" is also run by that shell.
func TestFollow(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(path.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			golden.Part(t, file, archive, followed(t, archive))
		})
	}
}

func followed(t *testing.T, archive *txtar.Archive) string {
	upstream, beside := map[string]string{}, map[string]string{}
	src := script.Source{}
	for _, f := range archive.Files {
		switch top, rest, _ := strings.Cut(f.Name, "/"); {
		case f.Name == "script":
			src.Data = f.Data
		case f.Name == "Dockerfile":
			src.Data, src.Dockerfile, src.File = f.Data, true, "Dockerfile"
		case top == "upstream":
			upstream[rest] = string(f.Data)
		case top == "beside":
			beside[rest] = string(f.Data)
		}
	}
	if len(beside) > 0 {
		src.Beside = besideOf(beside)
	}
	base := treeOf(t, upstream)
	r, got := follow(t, src, base)
	var b strings.Builder
	for _, f := range r.Imported.Lines {
		fmt.Fprintf(&b, "%d: %s\n", f.Line, f.Said)
	}
	fmt.Fprintf(&b, "undecided %v\n\n%s\n", r.Imported.Undecided(), r.Imported.Text())
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range r.Imported.Files {
			if !yield(name) {
				return
			}
		}
	}) {
		fmt.Fprintf(&b, "== %s\n%s", name, r.Imported.Files[name])
	}
	if got.Root() != r.Expected.Root() {
		t.Errorf("the series is not what the script makes:\n%s", differs(t, r.Expected, got))
	}
	fmt.Fprintf(&b, "== the tree\n%s", differs(t, base, got))
	if _, shell, found := strings.Cut(string(archive.Comment), "real: "); found {
		shell, _, _ = strings.Cut(shell, "\n")
		real := run(t, shell, string(src.Data), upstream, beside)
		if d := differs(t, real, r.Expected); d != "" {
			t.Errorf("%s makes another tree (first) than the import follows (second):\n%s", shell, d)
		}
	}
	return b.String()
}
