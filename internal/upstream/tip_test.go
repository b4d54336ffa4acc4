package upstream_test

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/upstream"
)

// TestTip asks for the commit of each ref without fetching anything, and then has it pinned: where Tip names a commit,
// it is the pinned one.
func TestTip(t *testing.T) {
	repo, ids := server(t)
	for _, args := range [][]string{
		{"-c", "user.name=a", "-c", "user.email=a@localhost", "tag", "-a", "-m", "x", "v4.5.11", string(ids["3"])},
		{"update-ref", "refs/heads/team/main", string(ids["1"])},
		{"update-ref", "refs/heads/v4.5.9", string(ids["3"])}, // a branch goes before a tag of its name
	} {
		if _, err := repo.Run(t.Context(), args...); err != nil {
			t.Fatal(err)
		}
	}
	cases := map[string]struct {
		want   upstream.Want
		commit string // "": only upstream's history shows it
	}{
		"branch":                    {upstream.Want{Ref: "main"}, "3"},
		"branch in a folder":        {upstream.Want{Ref: "team/main"}, "1"},
		"tag":                       {upstream.Want{Ref: "v4.5.10"}, "2"},
		"annotated tag":             {upstream.Want{Ref: "v4.5.11"}, "3"},
		"branch and tag":            {upstream.Want{Ref: "v4.5.9"}, "3"},
		"pattern, annotated":        {upstream.Want{Ref: "v4.5.*"}, "3"},
		"pattern, a commit":         {upstream.Want{Ref: "v4.6.*"}, "3"},
		"pattern without a tag":     {upstream.Want{Ref: "v9.*"}, ""},
		"no such branch":            {upstream.Want{Ref: "nothing"}, ""},
		"no name":                   {upstream.Want{Ref: "main~1"}, ""},
		"the newest commit":         {upstream.Want{Ref: string(ids["3"]), Branch: "main"}, "3"},
		"an older commit":           {upstream.Want{Ref: string(ids["2"]), Branch: "main"}, ""},
		"another branch's commit":   {upstream.Want{Ref: string(ids["f"]), Branch: "main"}, ""},
		"a shortened commit":        {upstream.Want{Ref: string(ids["3"][:9]), Branch: "main"}, ""},
		"a commit without a branch": {upstream.Want{Ref: string(ids["3"]), Branch: string(ids["3"])}, ""},
		"a commit beside a pattern": {upstream.Want{Ref: string(ids["3"]), Branch: "v4.5.*"}, ""},
	}
	for i, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		if testing.Short() && i%3 != 0 {
			continue // five of sixteen suffice every day
		}
		t.Run(name, func(t *testing.T) {
			m := mirror(t, "file://"+repo.Dir(), upstream.Options{})
			tip, err := m.Tip(t.Context(), c.want)
			if err != nil || tip != ids[c.commit] {
				t.Fatalf("%q, %v, want %q", tip, err, ids[c.commit])
			}
			if packs, _ := filepath.Glob(filepath.Join(m.Repo.Dir(), "objects", "pack", "*")); len(packs) > 0 {
				t.Errorf("fetched %q", packs)
			}
			if pin, _, err := m.Pin(t.Context(), c.want); tip != "" && (err != nil || pin.Commit != tip) {
				t.Errorf("pinned %q, %v", pin.Commit, err)
			}
		})
	}
	away := mirror(t, "file://"+repo.Dir(), upstream.Options{Offline: true})
	if tip, err := away.Tip(t.Context(), upstream.Want{Ref: "main"}); tip != "" || err != nil {
		t.Errorf("offline: %q, %v", tip, err)
	}
}
