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

// TestLooksAreCounted: the walks of a report stop at the limit, however many changes fail and however long the
// history is, and at the same state with a cache. Changes that are still open are reported as not known.
func TestLooksAreCounted(t *testing.T) {
	const newest, changes = 120, 10
	history, contents, series := "commit 1 Begin (#1)\n", "-- 1/limit.rb --\nMAX = 1\n", ""
	for i := 2; i <= newest; i++ {
		history += fmt.Sprintf("commit %d More (#%d)\n", i, i)
		contents += fmt.Sprintf("-- %d/limit.rb --\nMAX = %d\n", i, i)
	}
	for i := range changes {
		series += fmt.Sprintf("[[change]]\nname = \"limit%d\"\nwhy = \"More.\"\n"+
			"edit = [{ file = \"limit.rb\", find = \"MIN = %d\\n\", replace = \"MIN = x\\n\" }]\n", i, i)
	}
	repo, ids := gittest.Repo(t, history+contents)
	pin := ids[fmt.Sprint(newest)]
	whole := applytest.Load(t, fstest.MapFS{"series.toml": {Data: []byte(series)}})
	base, err := repo.At(t.Context(), pin)
	if err != nil {
		t.Fatal(err)
	}
	up := mainline.Upstream{Repo: repo, Cache: t.TempDir()}
	for _, c := range []struct {
		most int
		says string
	}{
		{1 << 20, "upstream's states were tried back to "},
		{200, "which commit brought this was not looked for: so many changes fail"},
		{200, "which commit brought this was not looked for: so many changes fail"},
		{1 << 20, "upstream's states were tried back to "},
		{40, "which commit brought this was not looked for: so many changes fail"},
	} {
		r := newReader(up, pin)
		r.mostLooked, r.mostHalved = c.most, 0
		settings := Settings{Sources: applytest.Upstream{Repo: repo}, reader: r}
		result, err := apply.Apply(t.Context(), whole, apply.Inputs{Base: base, Commit: pin, Sources: settings.Sources})
		if err == nil {
			result, err = Explain(t.Context(), up, Question{Series: whole, Settings: settings, Pin: pin}, result)
		}
		if err != nil {
			t.Fatal(err)
		}
		if r.looked > c.most || r.looked < c.most/2 && c.most < 1000 {
			t.Errorf("at most %d: %d were looked at", c.most, r.looked)
		}
		for _, o := range result.Outcomes {
			if o.By != nil || !strings.Contains(o.Message, c.says) {
				t.Errorf("at most %d: %s says %q, by %+v; want %q", c.most, o.Change.Name, o.Message, o.By, c.says)
			}
		}
	}
}
