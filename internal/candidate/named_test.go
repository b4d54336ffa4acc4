package candidate

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// TestNamedContentsComeTogether: the contents for which patches were made come in two fetches, the first alone, also
// where upstream lacks one of them; where it has none, no batch is asked for.
func TestNamedContentsComeTogether(t *testing.T) {
	for _, c := range []struct {
		what           string
		has            func(i int) bool
		fetches, found int
	}{
		{"all", func(int) bool { return true }, 2, 100},
		{"all but one", func(i int) bool { return i != 60 }, 2 + 2*mostRefused + 7, 99},
		{"none", func(int) bool { return false }, mostAsked, 0},
	} {
		repo, ids := gittest.Repo(t, expanded)
		stored, s, fetches := map[tree.ID]tree.Object{}, &series.Series{}, 0
		var named []tree.ID
		for i := range 100 {
			o := tree.NewObject("blob", fmt.Appendf(nil, "content %d of %s\n", i, c.what))
			if named = append(named, o.ID); c.has(i) {
				stored[o.ID] = o
			}
			s.Changes = append(s.Changes, &series.Change{Patch: &series.File{
				Files: []*diff.File{{OldName: "a.txt", NewName: "a.txt", OldID: string(o.ID)}}}})
		}
		repo.OnMissing(func(ctx context.Context, ids []tree.ID) error {
			fetches++
			var got []tree.Object
			for _, id := range ids {
				o, ok := stored[id]
				if !ok {
					return errors.New("upload-pack: not our ref")
				}
				got = append(got, o)
			}
			return repo.Write(ctx, got)
		})
		src := &sources{past: pastContents{mirror: &upstream.Mirror{Repo: repo}, pin: ids["2"]}}
		src.name(s)
		found := 0
		for _, id := range named {
			if got, _ := src.Expand(t.Context(), "a.txt", string(id)); got == id {
				found++
			}
		}
		if found != c.found || fetches > c.fetches || c.what == "all" && fetches != c.fetches {
			t.Errorf("%s: %d found in %d fetches, expected %d in %d", c.what, found, fetches, c.found, c.fetches)
		}
	}
}
