package history

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/mainline"
)

// TestExplainIsBounded stops once there were too many searches for files that are gone, names no commit, and says how
// far back it looked.
func TestExplainIsBounded(t *testing.T) {
	repo, ids := gittest.Repo(t, `commit 1 Begin (#1)
commit 2 Raise the limit (#2)
commit 3 Other work (#3)
-- 1/limit.rb --
MAX = 500
-- 2/limit.rb --
MAX = 600
-- 3/other.rb --
x = 1
`)
	whole := applytest.Load(t, fstest.MapFS{"series.toml": {Data: []byte(`[[change]]
name = "limit"
why = "More."
edit = [{ file = "limit.rb", find = "MAX = 500", replace = "MAX = 512" }]
`)}})
	for most, pull := range map[int]int{0: 2, -1: 0} { // 0 is the constant
		base, err := repo.At(t.Context(), ids["3"])
		if err != nil {
			t.Fatal(err)
		}
		settings := Settings{Sources: applytest.Upstream{Repo: repo}, mostSearches: most}
		result, err := apply.Apply(t.Context(), whole, apply.Inputs{Base: base, Commit: ids["3"], Sources: settings.Sources})
		if err == nil {
			up := mainline.Upstream{Repo: repo, Cache: t.TempDir()}
			result, err = Explain(t.Context(), up, Question{Series: whole, Settings: settings, Pin: ids["3"]}, result)
		}
		if err != nil {
			t.Fatal(err)
		}
		o := result.Outcomes[0]
		found := 0
		if o.By != nil {
			found = o.By.Pull
		}
		if said := strings.Contains(o.Message, "came before 2026-01-05; "); found != pull || said != (pull == 0) {
			t.Errorf("at most %d searches: #%d, expected #%d; it says %q", most, found, pull, o.Message)
		}
	}
}
