package patch

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestImportScript tells the fate of every line, the entries that are written, and that these do what sed did.
func TestImportScript(t *testing.T) {
	golden(t, "testdata/script/*.txtar", func(t *testing.T, archive *txtar.Archive) string {
		w := newWorld(t, archive)
		i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "script" })
		w.in.Base = w.mem.tree(t, w.files["upstream"])
		im, err := ImportScript(t.Context(), "ours", archive.Files[i].Data, w.in.Base)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, f := range im.Fates {
			fmt.Fprintf(&b, "%d: %s\n", f.Line, f.Said)
		}
		fmt.Fprintf(&b, "undecided %v\n\n%s\n", im.Undecided(), im.Text())
		d, err := ParseDocument("series.toml", im.Text())
		if err != nil {
			t.Fatalf("%v\n%s", err, im.Text())
		}
		r, err := (&Series{Changes: im.Changes}).Apply(t.Context(), w.in)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range r.Outcomes {
			if !d.Has(o.Change.Name) {
				t.Errorf("%s is not in the text", o.Change.Name)
			}
		}
		return b.String() + tell(t, w, r, nil)
	})
}
