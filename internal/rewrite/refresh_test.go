package rewrite

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/verdict"
)

// TestRefresh rewrites what would be written differently today, and nothing else; the series is whole again after it.
func TestRefresh(t *testing.T) {
	applytest.Golden(t, "testdata/refresh/*.txtar", func(t *testing.T, read *txtar.Archive) string {
		archive := &txtar.Archive{Comment: read.Comment, Files: slices.Clone(read.Files)}
		w := applytest.New(t, archive)
		s, r, err := w.Apply(t)
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := Refresh(t.Context(), s, w.In, r)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		b.WriteString(applytest.Tell(t, w, r, nil))
		text := -1
		for i := range archive.Files {
			if archive.Files[i].Name == "patches/series.toml" {
				text = i
			}
		}
		for _, one := range fresh {
			c := one.Outcome.Change
			fmt.Fprintf(&b, "\nrefreshed %s: %+v, holds %v\n", c.Name, one.Proof, one.Proof.Holds())
			for i, f := range archive.Files {
				switch {
				case one.Patch != nil && f.Name == c.Patch.Name:
					archive.Files[i].Data = one.Patch
					b.Write(one.Patch)
				case len(one.Files) > 0 && f.Name == "patches/overlays/"+c.Overlay.Folder+"/"+one.Files[0]:
					archive.Files[i].Name = "accepted/unused"
				}
			}
			if one.Edits != nil {
				d, err := series.ParseDocument("patches/series.toml", archive.Files[text].Data)
				if err != nil {
					t.Fatal(err)
				}
				if err := d.SetEdits(c, one.Edits); err != nil {
					t.Fatal(err)
				}
				archive.Files[text].Data = d.Bytes()
				b.Write(d.Bytes())
			}
		}
		again := applytest.New(t, archive)
		again.Locked = false
		s2, r2, err := again.Apply(t)
		if err != nil {
			t.Fatal(err)
		}
		if r2.Tree.Root() != r.Tree.Root() {
			t.Errorf("refreshed, the series gives another tree")
		}
		for _, o := range r2.Outcomes {
			if o.Verdict != verdict.Clean && o.Verdict != verdict.Idle {
				t.Errorf("refreshed, %s is %s", o.Change.Name, o.Verdict)
			}
		}
		if more, err := Refresh(t.Context(), s2, again.In, r2); err != nil || len(more) > 0 {
			t.Errorf("refreshed twice: %d changes, %v", len(more), err)
		}
		return b.String()
	})
}

// TestHeadLength ends a patch's head at its first diff, not at a dash of the message.
func TestHeadLength(t *testing.T) {
	const mail = "Subject: x\n\n--- not yet\n---\n f | 2 +-\n\n"
	for _, rest := range []string{"diff --git a/f b/f\n--- a/f\n+++ b/f\n", "--- a/f\n+++ b/f\n"} {
		if got := headLength([]byte(mail + rest)); got != len(mail) {
			t.Errorf("%d of %q, want %d", got, mail+rest, len(mail))
		}
	}
	if got := headLength([]byte(mail)); got != 0 {
		t.Errorf("%d without a diff", got)
	}
}
