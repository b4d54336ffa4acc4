package history

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// TestArrived: in a partial clone, the files among which a missing file is searched are fetched with the others, each
// once; if no file is missing, they are not fetched.
func TestArrived(t *testing.T) {
	repo, ids, whole := movedLimit(t, 6, func(int) bool { return false })
	repo.OnMissing(func(context.Context, []tree.ID) error { return nil })
	base, err := repo.At(t.Context(), ids["6"])
	if err != nil {
		t.Fatal(err)
	}
	moved, err := base.Lookup(t.Context(), "lib/limit.rb")
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(mainline.Upstream{Repo: repo}, ids["6"])
	settings := Settings{Lock: &series.Lock{Commit: ids["1"]}, shared: new(apply.Memo)}
	asked := func(searches int) map[tree.ID]bool {
		blobs := map[tree.ID]bool{}
		o := &verdict.Outcome{Change: whole.Changes[0], Searches: searches}
		if err := r.arrived(t.Context(), settings, o, base.Root(), blobs); err != nil {
			t.Fatal(err)
		}
		return blobs
	}
	if blobs := asked(1); len(blobs) != 0 {
		t.Errorf("%v, and nothing was missing", blobs)
	}
	none := tree.ID(strings.Repeat("ab", 20))
	if _, err := repo.Sizes(t.Context(), []tree.ID{none}); !errors.Is(err, fs.ErrNotExist) || !repo.Lacks() {
		t.Fatalf("a missing blob: %v, lacks %t", err, repo.Lacks())
	}
	if blobs := asked(0); len(blobs) != 0 {
		t.Errorf("%v, and no file is looked for", blobs)
	}
	if blobs := asked(1); len(blobs) != 1 || !blobs[moved.ID] {
		t.Errorf("%v, want %s", blobs, moved.ID)
	}
	if blobs := asked(1); len(blobs) != 0 {
		t.Errorf("%v, which were asked for already", blobs)
	}
}
