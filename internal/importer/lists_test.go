package importer_test

import (
	"compress/gzip"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/patchform"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// folderTree imports a folder, also reads it as a folder of changes, and returns the tree that both produce.
func folderTree(t *testing.T, base *tree.Tree, folder series.Folder) string {
	t.Helper()
	in, err := importer.Source{Upstream: patchform.Of(base)}.Folder(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Refused(); err != nil {
		t.Errorf("refused: %v", err)
	}
	s, err := series.Load([]series.Folder{folder})
	if err != nil {
		t.Fatal(err)
	}
	if s, err = s.InGitForm(t.Context(), base); err != nil {
		t.Fatal(err)
	}
	imported, used := made(t, base, in.Changes), made(t, base, s.Changes)
	if imported != used {
		t.Errorf("imported it makes %s, as a folder %s", imported, used)
	}
	return imported
}

// TestAgainstQuilt runs quilt on a series file that uses everything a line may have, and compares the trees.
func TestAgainstQuilt(t *testing.T) {
	if _, err := exec.LookPath("quilt"); err != nil {
		t.Skip("quilt is not installed")
	}
	w := newWork(t, 1)
	patch := func(name, from, to string, options ...string) {
		file := filepath.Join(w.dir, from)
		before := string(w.read(file))
		w.write(from, strings.Replace(before, " is ", to, 3))
		w.write("patches/"+name, w.git(append([]string{"diff"}, options...)...))
		w.write(from, before)
	}
	patch("limit.patch", "app/models/status.rb", " was ")
	patch("below/poll.patch", "app/models/poll.rb", " was ", "--no-prefix")
	patch("deep.patch", "lib/limit.rake", " has ", "--src-prefix=x/y/z/", "--dst-prefix=x/y/w/")
	patch("off.patch", "lib/limit.rake", " had ")
	patch("back.patch", "config/themes.yml", " were ", "-R")
	w.write("patches/new.patch", "--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+new\n")
	w.write("patches/gone.patch", "--- /dev/null\n+++ b/gone.txt\n@@ -0,0 +1 @@\n+gone\n")
	w.write("gone.txt", "gone\n")
	w.git("add", "gone.txt")
	w.git("commit", "-q", "-m", "Another file")
	w.write("patches/series", "# ours, all of them\n\nlimit.patch # raised\n  below/poll.patch -p0   # below\n"+
		"back.patch -R\n# off.patch\ndeep.patch -p3\nnew.patch -p1\ngone.patch -R -p1\n")
	base := w.at(strings.TrimSpace(w.git("rev-parse", "HEAD")))
	folder, err := files.OpenFolder(filepath.Join(w.dir, "patches"))
	if err != nil {
		t.Fatal(err)
	}
	got := folderTree(t, base, series.Folder{Name: "patches", FS: folder})
	quilt := exec.CommandContext(t.Context(), "quilt", "--quiltrc", "-", "push", "-a")
	quilt.Dir = w.dir
	if out, err := quilt.CombinedOutput(); err != nil {
		t.Fatalf("quilt: %v\n%s", err, out)
	}
	w.git("add", "--", ".", ":!patches", ":!.pc")
	if want := strings.TrimSpace(w.git("write-tree")); got != want {
		t.Errorf("the tree is %s, quilt's %s", got, want)
	}
}

const raised = `diff --git a/app/limits/length.rb b/app/limits/length.rb
--- a/app/limits/length.rb
+++ b/app/limits/length.rb
@@ -1,7 +1,7 @@
 # a limit
 
 class Length
-  MAX = 500
+  MAX = 800
   MARGIN = 23
   WORD = 'x' * 23
 
`

// TestFolders imports folders as other programs write them. The golden file lists what was left out and noted.
func TestFolders(t *testing.T) {
	further := strings.NewReplacer("MAX = 800", "MAX = 900", "MAX = 500", "MAX = 800").Replace(raised)
	letter := "From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001\nFrom: Ada <ada@localhost>\n" +
		"Subject: [PATCH%s] Limits\n\nBoth.\n\n-- \n2.39.5\n\n"
	var packed strings.Builder
	zip := gzip.NewWriter(&packed)
	_, _ = zip.Write([]byte(raised)) // a strings.Builder never fails
	_ = zip.Close()
	for name, test := range map[string]struct {
		files         map[string]string
		names         string
		left, refused string
		notes         string
	}{
		"Electron": {files: map[string]string{".patches": "z.patch\na.patch\n", "z.patch": raised, "a.patch": further},
			names: "z a"},
		"Brave": {files: map[string]string{"app-limits-length.rb.patch": raised, "app-limits-length.rb.patchinfo": "{}"},
			names: "app-limits-length-rb", notes: "not a patch, so left out: app-limits-length.rb.patchinfo"},
		"StGit": {files: map[string]string{"series": "# This series applies on GIT commit 1111\nraise\nmore\n",
			"raise": "Raise\n\nFrom: Ada <ada@localhost>\n\nMembers asked.\n---\n f | 2 +-\n\n" + raised, "more": further},
			names: "raise more"},
		"cover letter": {files: map[string]string{"0000-cover-letter.patch": strings.Replace(letter, "%s", " 0/1", 1),
			"0001-limit.patch": raised}, names: "0001-limit", left: "0000-cover-letter.patch"},
		"cover letter without a number": {files: map[string]string{"0001-limit.patch": raised,
			"v2-0000-cover-letter.patch": strings.Replace(letter, "%s", "", 1)}, names: "0001-limit",
			left: "v2-0000-cover-letter.patch"},
		"a commit without a diff": {files: map[string]string{"0001-limit.patch": raised,
			"0002-empty.patch": strings.Replace(letter, "%s", " 2/2", 1)}, names: "0001-limit", refused: "0002-empty.patch"},
		"rejected hunks": {files: map[string]string{"a.patch": raised, "length.rb.rej": raised}, names: "a",
			refused: "length.rb.rej"},
		"guards": {files: map[string]string{"series": "+old a.patch\nb.patch #-new\nc.patch # +1\n", "a.patch": raised,
			"b.patch": raised, "c.patch": raised}, names: "c", refused: "a.patch b.patch"},
		"packed": {files: map[string]string{"series": "a.patch.gz\n", "a.patch.gz": packed.String()}, names: "a",
			notes: "a.patch.gz: unpacked with gzip"},
		"packed with xz": {files: map[string]string{"a.patch": raised, "b.patch.xz": "\xfd7zXZ\x00\x00"}, names: "a",
			refused: "b.patch.xz"},
		"a bomb": {files: map[string]string{"a.patch": raised, "b.patch.gz": packed.String()[:20]}, names: "a",
			refused: "b.patch.gz"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := fstest.MapFS{}
			for file, text := range test.files {
				folder[file] = &fstest.MapFile{Data: []byte(text)}
			}
			in, err := importer.Source{}.Folder(t.Context(), series.Folder{Name: "folder", FS: folder})
			if err != nil {
				t.Fatal(err)
			}
			var names, left, refused []string
			for _, c := range in.Changes {
				names = append(names, c.Name)
			}
			for _, l := range in.Left {
				if l.Choice {
					left = append(left, l.Name)
					continue
				}
				refused = append(refused, l.Name)
			}
			for what, pair := range map[string][2]string{
				"changes": {strings.Join(names, " "), test.names}, "left out": {strings.Join(left, " "), test.left},
				"refused": {strings.Join(refused, " "), test.refused}, "notes": {strings.Join(in.Notes, "; "), test.notes},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
				}
			}
			seen := strings.Join(slices.Concat(names, left, refused, in.Notes), " ")
			for _, file := range slices.Sorted(maps.Keys(test.files)) {
				if file == "series" || file == ".patches" || strings.Contains(seen, file) {
					continue
				}
				if !slices.Contains(names, series.PatchName(file)) {
					t.Errorf("%s is dropped in silence", file)
				}
			}
		})
	}
}
