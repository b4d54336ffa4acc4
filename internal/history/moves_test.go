package history_test

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/mainline"
)

// TestMovesAreKept: the next run takes from the cache where a commit moved its files, unless another version of the
// tool found that, or the file is damaged.
func TestMovesAreKept(t *testing.T) {
	repo, ids := gittest.Repo(t, wandering)
	hunk := "\n@@ -5,3 +5,3 @@\n edited 4\n-edited five\n+else\n edited 6\n"
	cache := t.TempDir()
	to := func(cache string) string {
		whole := applytest.Load(t, fstest.MapFS{"a.patch": {Data: []byte(sized("edited.rb", hunk))}})
		o := explainedFirst(t, mainline.Upstream{Repo: repo, Cache: cache}, whole, ids["5"])
		if len(o.Went) != 1 {
			t.Fatalf("%d files went away: %s", len(o.Went), o.Message)
		}
		return o.Went[0].To
	}
	if got := to(cache); got != "lib/fresh.rb" {
		t.Fatalf("moved to %q", got)
	}
	files, err := filepath.Glob(filepath.Join(cache, "moves-*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	kept := string(mainline.ReadCache(files[0]))
	for what, c := range map[string]struct{ text, want string }{
		"as it was":       {kept, "lib/fresh.rb"},
		"another answer":  {strings.ReplaceAll(kept, "lib/fresh.rb", "lib/elsewhere.rb"), "lib/elsewhere.rb"},
		"another version": {strings.NewReplacer(mainline.Engine(), "0", "fresh", "old").Replace(kept), "lib/fresh.rb"},
		"damaged":         {kept[:len(kept)/2], "lib/fresh.rb"},
		"empty":           {"{}", "lib/fresh.rb"},
		"null":            {"null", "lib/fresh.rb"},
	} {
		mainline.WriteCache(files[0], c.text)
		if got := to(cache); got != c.want {
			t.Errorf("%s: moved to %q, want %q", what, got, c.want)
		}
	}
	if got := to(""); got != "lib/fresh.rb" {
		t.Errorf("without a cache: moved to %q", got)
	}
}
