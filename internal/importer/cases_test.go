package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/patchform"
	"github.com/howdah/howdah/internal/series"
)

// TestCases imports each file of testdata/cases, by itself and as a folder of changes. The file beside it has what
// git makes of the same change, as git diff prints it, or a word of the reason for which the file is refused.
func TestCases(t *testing.T) {
	const folder = "testdata/cases"
	upstream, err := os.ReadFile(filepath.Join(folder, "upstream.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	repo, ids := gittest.Repo(t, string(upstream))
	base, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	wants, err := filepath.Glob(filepath.Join(folder, "*.want"))
	if err != nil || len(wants) < 25 {
		t.Fatalf("%d cases, %v", len(wants), err)
	}
	for _, file := range wants {
		name := strings.TrimSuffix(filepath.Base(file), ".want")
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				t.Fatal(err)
			}
			if reason, ok := strings.CutPrefix(string(want), "refused: "); ok {
				refuses(t, name, data, reason)
				return
			}
			plain, err := importer.Source{}.Mailbox(t.Context(), "want.patch", want)
			if err != nil || len(plain.Left) > 0 {
				t.Fatal(err, plain.Left)
			}
			agree(t, base, name, string(data), made(t, base, plain.Changes))
		})
	}
}

// refuses expects an import without changes, for this reason.
func refuses(t *testing.T, name string, data []byte, reason string) {
	t.Helper()
	if kind, why := patchform.Look(data); kind != patchform.IsWrong || !strings.Contains(why, reason) {
		t.Errorf("it is %s: %q, want %q", kind, why, reason)
	}
	folder := fstest.MapFS{name: {Data: data}}
	in, err := importer.Source{}.Folder(t.Context(), series.Folder{Name: "folder", FS: folder})
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Changes) > 0 || len(in.Left) != 1 || !strings.Contains(in.Left[0].Why.Error(), reason) {
		t.Errorf("%d changes, left out: %v", len(in.Changes), in.Left)
	}
}
