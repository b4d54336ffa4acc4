package export_test

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/export"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

const upstreamOfExport = `commit 1 Begin
-- 1/a/list --
one
two
three
four
five
six
seven
-- 1/b --
b
-- 1/old --
a text that is long enough
to be known again
when it is moved
`

var seriesOfExport = fstest.MapFS{
	"series.toml": {Data: []byte(`
[[change]]
name = "edit"
why = "From six to SIX: it's a Ünicode reason."
edit = [ { file = "a/list", find = "six", replace = "SIX" } ]

[[change]]
name = "new-file"
why = "New."
overlay = "new"

[[change]]
name = "rename"
patch = "rename.patch"

[[change]]
name = "left-out"
required = false
edit = [ { file = "a/list", find = "not there", replace = "x" } ]
`)},
	"rename.patch": {Data: []byte(`diff --git a/old b/fresh
similarity index 60%
rename from old
rename to fresh
--- a/old
+++ b/fresh
@@ -1,3 +1,3 @@
 a text that is long enough
-to be known again
+to be KNOWN again
 when it is moved
`)},
	"overlays/new/bin/run": {Data: []byte("#!/bin/sh\n"), Mode: 0o755},
	"overlays/new/data":    {Data: []byte("\x00\x01binary\n"), Mode: 0o644},
}

// exported applies the series to a real repository.
func exported(t *testing.T) (dir string, base tree.ID, r *verdict.Result) {
	t.Helper()
	repo, ids := gittest.Repo(t, upstreamOfExport)
	s, err := series.Load([]series.Folder{{Name: "patches", FS: seriesOfExport}})
	if err != nil {
		t.Fatal(err)
	}
	at, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	r, err = apply.Apply(t.Context(), s, apply.Inputs{Base: at, Commit: ids["1"]})
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() {
		t.Fatalf("%+v", r.Outcomes)
	}
	return repo.Dir(), ids["1"], r
}

// Run runs a program in a folder, with nobody's configuration.
func Run(t *testing.T, dir string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@localhost", "GIT_CEILING_DIRECTORIES=" + filepath.Dir(dir)}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestMailboxByGit gives the mailbox to git am and compares the trees.
func TestMailboxByGit(t *testing.T) {
	bare, base, r := exported(t)
	box,
		err := export.Mailbox(t.Context(), r,
		export.Author{Name: "Eugen", Email: "e@example.org", Date: time.Date(2026, 4, 30, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	work := filepath.Join(t.TempDir(), "work")
	Run(t, t.TempDir(), "git", "clone", "-q", bare, work)
	Run(t, work, "git", "checkout", "-q", string(base))
	file := filepath.Join(t.TempDir(), "box")
	if err := os.WriteFile(file, box, 0o644); err != nil {
		t.Fatal(err)
	}
	Run(t, work, "git", "am", "-q", file)
	if got := Run(t, work, "git", "rev-parse", "HEAD^{tree}"); got != string(r.Tree.Root()) {
		t.Errorf("git am makes %s of it, we %s\n%s", got, r.Tree.Root(), box)
	}
	if log := Run(t, work, "git", "log", "-3", "--format=%s|%b|%an"); !strings.Contains(log,
		"edit|From six to SIX: it's a Ünicode reason.") {
		t.Errorf("the log says %q", log)
	}
	back, err := importer.Source{}.Mailbox(t.Context(), "box", box)
	if err != nil {
		t.Fatal(err)
	}
	same(t, back, r)
}

// TestQuilt gives the exported series to quilt, where it is installed, and reads it back as a folder of ours.
func TestQuilt(t *testing.T) {
	bare, base, r := exported(t)
	files, err := export.Quilt(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(files["series"]); got != "edit.patch\nnew-file.patch\nrename.patch\n" {
		t.Errorf("series: %q", got)
	}
	folder := fstest.MapFS{}
	for name, data := range files {
		folder[name] = &fstest.MapFile{Data: data}
	}
	back, err := importer.Source{}.Folder(t.Context(), series.Folder{Name: "quilt", FS: folder})
	if err != nil {
		t.Fatal(err)
	}
	same(t, back, r)
	if why := back.Changes[0].Why; why != "From six to SIX: it's a Ünicode reason." {
		t.Errorf("why: %q", why)
	}
	if _, err := exec.LookPath("quilt"); err != nil {
		t.Skip("quilt is not installed")
	}
	work := filepath.Join(t.TempDir(), "work")
	Run(t, t.TempDir(), "git", "clone", "-q", bare, work)
	Run(t, work, "git", "checkout", "-q", string(base))
	if err := os.Mkdir(filepath.Join(work, "patches"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		if name == "series" {
			data = []byte("edit.patch\n") // quilt knows neither renames nor binary files
		}
		if err := os.WriteFile(filepath.Join(work, "patches", name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	Run(t, work, "quilt", "push", "-a", "--fuzz=0")
	data, err := os.ReadFile(filepath.Join(work, "a/list"))
	if err != nil || !strings.Contains(string(data), "SIX") {
		t.Errorf("quilt made %q, %v", data, err)
	}
}

// same applies what was imported to the same tree.
func same(t *testing.T, im *importer.Import, r *verdict.Result) {
	t.Helper()
	folder := fstest.MapFS{"series.toml": {Data: im.Text()}}
	for name, data := range im.Files {
		folder[name] = &fstest.MapFile{Data: data}
	}
	s, err := series.Load([]series.Folder{{Name: "imported", FS: folder}})
	if err != nil {
		t.Fatalf("%v\n%s", err, im.Text())
	}
	again, err := apply.Apply(context.Background(), s, apply.Inputs{Base: r.Outcomes[0].Before})
	if err != nil {
		t.Fatal(err)
	}
	if again.Tree.Root() != r.Tree.Root() {
		t.Errorf("imported again it gives another tree: %v", maps.Collect(maps.All(im.Files)))
	}
}
