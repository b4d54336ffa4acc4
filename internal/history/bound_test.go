package history

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/mainline"
)

// TestExplainGoesByHalves: after too many searches for moved files, states are found by bisection; the commit is
// still named. If a change applied nowhere, the message says how many states were tried.
func TestExplainGoesByHalves(t *testing.T) {
	history := "commit 1 Begin (#1)\ncommit 2 Raise the limit (#2)\n"
	contents := "-- 1/limit.rb --\nMAX = 500\n-- 2/limit.rb --\nMAX = 600\n"
	const newest = 20
	for i := 3; i <= newest; i++ {
		history += fmt.Sprintf("commit %d More (#%d)\n", i, i)
		contents += fmt.Sprintf("-- %d/limit.rb --\nMAX = %d\n", i, 600+i)
	}
	repo, ids := gittest.Repo(t, history+contents)
	pin := ids[fmt.Sprint(newest)]
	for _, test := range []struct {
		most int // 0: the constant
		find string
		pull int
		says string
	}{
		{0, "MAX = 500", 2, ""},
		{-1, "MAX = 500", 2, ""},
		{-1, "MAX = 400", 0, "it applies at none of 5 states of upstream since "},
	} {
		whole := applytest.Load(t, fstest.MapFS{"series.toml": {Data: []byte(`[[change]]
name = "limit"
why = "More."
edit = [{ file = "limit.rb", find = "` + test.find + `\n", replace = "MAX = 512\n" }]
`)}})
		base, err := repo.At(t.Context(), pin)
		if err != nil {
			t.Fatal(err)
		}
		settings := Settings{Sources: applytest.Upstream{Repo: repo}, mostSearches: test.most}
		result, err := apply.Apply(t.Context(), whole, apply.Inputs{Base: base, Commit: pin, Sources: settings.Sources})
		if err == nil {
			up := mainline.Upstream{Repo: repo, Cache: t.TempDir()}
			result, err = Explain(t.Context(), up, Question{Series: whole, Settings: settings, Pin: pin}, result)
		}
		if err != nil {
			t.Fatal(err)
		}
		o := result.Outcomes[0]
		found := 0
		if o.By != nil {
			found = o.By.Pull
		}
		if found != test.pull || !strings.Contains(o.Message, test.says) {
			t.Errorf("%q at most %d searches: #%d, expected #%d; it says %q, expected %q", test.find, test.most, found,
				test.pull, o.Message, test.says)
		}
	}
}
