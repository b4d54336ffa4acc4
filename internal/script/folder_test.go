package script_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/script"
)

// TestFoldersWithMore copies folders with what the import does not take: each such thing is named, and uncertain from
// then on, and the rest is copied.
func TestFoldersWithMore(t *testing.T) {
	beside := t.TempDir()
	write := func(name string, size int) {
		path := filepath.Join(beside, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Repeat("x", size)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("d/a.txt", 1)
	write("d/deep/b.txt", 1)
	write("d/.git/config", 1)
	write("large/big.bin", 16<<20+1)
	write("large/small.txt", 1)
	write("plain/c.txt", 1)
	for link, to := range map[string]string{"d/link": "a.txt", "d/deep/out": "/etc", "ignored/link": "nowhere"} {
		if err := os.MkdirAll(filepath.Join(beside, filepath.Dir(link)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(beside, link)); err != nil {
			t.Fatal(err)
		}
	}
	write("ignored/kept.txt", 1)
	const head, links = "FROM ghcr.io/mastodon/mastodon:v4.5\n",
		"overlay?: the import does not take d/deep/out (a symbolic link), d/link (a symbolic link)"
	for _, test := range []struct {
		name, text string
		made       string // new files of the tree
		says       []string
	}{
		{"script", "cp -r d public/d\n", "public/d/a.txt public/d/deep/b.txt", []string{links}},
		{"into", "cp -a d public/\n", "public/d/a.txt public/d/deep/b.txt", []string{links}},
		{"its content", "cp -r d/. public/\n", "public/a.txt public/deep/b.txt", []string{links}},
		{"Dockerfile", head + "COPY d /opt/mastodon/public/d\n", "public/d/a.txt public/d/deep/b.txt", []string{links}},
		{"large", head + "COPY large public/\n", "public/small.txt",
			[]string{"overlay?: the import does not take large/big.bin (too large)"}},
		{"used later", head + "COPY d public/\nRUN cp public/link public/copy && cp public/a.txt public/other\n",
			"public/a.txt public/deep/b.txt public/other",
			[]string{links, "public/link is uncertain: d/link is a symbolic link"}},
		{"another stage", "FROM x AS theme\nRUN git clone https://example.org/t /t\n" + head +
			"COPY --from=theme /t/app app\nCOPY plain public/\n", "public/c.txt",
			[]string{"overlay?: it copies /t/app of the stage theme, which made it by what is not followed"}},
		{"excluded", head + "COPY --exclude=ignored/link ignored public/\n", "public/kept.txt", nil},
		{"plain", head + "COPY plain public/\n", "public/c.txt", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := os.DirFS(beside)
			src := script.Source{Name: "ours", File: "ours", Data: []byte(test.text), Beside: root,
				Dockerfile: strings.HasPrefix(test.text, "FROM")}
			base := treeOf(t, map[string]string{"public/robots.txt": "x\n", "f": "y\n"})
			r, got := follow(t, src, base)
			if got.Root() != r.Expected.Root() {
				t.Error("the series does not make what the import follows")
			}
			var made []string
			for line := range strings.Lines(differs(t, base, got)) {
				if !strings.HasPrefix(line, " ") && strings.TrimSpace(line) != "" {
					made = append(made, strings.TrimSuffix(strings.TrimSpace(line), ":"))
				}
			}
			for _, name := range strings.Fields(test.made) {
				if f, err := got.ReadFile(t.Context(), name); err != nil || string(f.Data) != "x" {
					t.Errorf("%s: %v", name, err)
				}
			}
			slices.Sort(made)
			if strings.Join(made, " ") != test.made {
				t.Errorf("it makes %q, want %s", made, test.made)
			}
			for _, want := range test.says {
				if !slices.ContainsFunc(r.Imported.Lines, func(l importer.ScriptLine) bool {
					return !l.Done && strings.Contains(l.Said, want)
				}) {
					t.Errorf("no line says %q: %v", want, r.Imported.Lines)
				}
			}
			if test.says == nil && slices.ContainsFunc(r.Imported.Lines, func(l importer.ScriptLine) bool {
				return !l.Done && !strings.Contains(l.Said, "tree?")
			}) {
				t.Errorf("a line is undecided: %v", r.Imported.Lines)
			}
		})
	}
}

// TestCopiesBeyond: more files or bytes than a change may write are left to a person, and the script goes on.
func TestCopiesBeyond(t *testing.T) {
	root := t.TempDir()
	for dir, files := range map[string][2]int{"fits": {20, 0}, "many": {10_001, 0}, "heavy": {5, 13 << 20}} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
		for n := range files[0] {
			name := filepath.Join(root, dir, fmt.Sprintf("%d.txt", n))
			if err := os.WriteFile(name, nil, 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(name, int64(files[1])); err != nil { // a file of nothing but a hole
				t.Fatal(err)
			}
		}
	}
	for folder, want := range map[string]string{
		"fits":  "",
		"many":  "overlay?: it copies 10001 files, and a change may write 10000",
		"heavy": "overlay?: it copies 65 MiB, and a change may write 64",
	} {
		text := "FROM x\nWORKDIR /opt/mastodon\nCOPY " + folder + " public/" + folder + "\nRUN sed -i s/y/z/ f\n"
		src := script.Source{Name: "ours", File: "Dockerfile", Data: []byte(text), Beside: os.DirFS(root), Dockerfile: true}
		r, got := follow(t, src, treeOf(t, map[string]string{"public/robots.txt": "x\n", "f": "y\n"}))
		if f, err := got.ReadFile(t.Context(), "f"); err != nil || string(f.Data) != "z\n" {
			t.Errorf("%s: the line behind it was not followed: %v", folder, err)
		}
		said := ""
		for _, l := range r.Imported.Lines {
			if !l.Done && l.Line == 3 {
				said = l.Said
			}
		}
		if said != want {
			t.Errorf("%s: %q, want %q", folder, said, want)
		}
	}
}
