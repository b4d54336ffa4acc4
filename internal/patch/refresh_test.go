package patch

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestRefresh rewrites what would be written differently today, and nothing else; the series is whole again after it.
func TestRefresh(t *testing.T) {
	golden(t, "testdata/refresh/*.txtar", func(t *testing.T, read *txtar.Archive) string {
		archive := &txtar.Archive{Comment: read.Comment, Files: slices.Clone(read.Files)}
		w := newWorld(t, archive)
		s, r, err := w.apply(t)
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := s.Refresh(t.Context(), w.in, r)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		b.WriteString(tell(t, w, r, nil))
		series := -1
		for i := range archive.Files {
			if archive.Files[i].Name == "patches/series.toml" {
				series = i
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
				d, err := ParseDocument("patches/series.toml", archive.Files[series].Data)
				if err != nil {
					t.Fatal(err)
				}
				if err := d.SetEdits(c, one.Edits); err != nil {
					t.Fatal(err)
				}
				archive.Files[series].Data = d.Bytes()
				b.Write(d.Bytes())
			}
		}
		again := newWorld(t, archive)
		again.lock = false
		s2, r2, err := again.apply(t)
		if err != nil {
			t.Fatal(err)
		}
		if r2.Tree.Root() != r.Tree.Root() {
			t.Errorf("refreshed, the series gives another tree")
		}
		for _, o := range r2.Outcomes {
			if o.Verdict != Clean && o.Verdict != Idle {
				t.Errorf("refreshed, %s is %s", o.Change.Name, o.Verdict)
			}
		}
		if more, err := s2.Refresh(t.Context(), again.in, r2); err != nil || len(more) > 0 {
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
