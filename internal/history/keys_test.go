package history

import (
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/mainline"
)

// TestKeys: the states that a walk back goes through, whose keys are made from the newest on as far as they are asked
// for, are those of a walk over the whole line, with the same keys, at each of its ends.
func TestKeys(t *testing.T) {
	repo, ids := gittest.Repo(t, "commit 1 Begin\ncommit 2 Edit\ncommit 3 Other\ncommit 4 Remove\ncommit 5 Add again\n"+
		"commit 6 A folder\ncommit 7 Edit both\ncommit 8 Edit again\n"+
		"-- 1/a.txt --\none\n-- 2/a.txt --\ntwo\n-- 3/c.txt --\nx\n-- 4.rm --\na.txt\n-- 5/a.txt --\none\n"+
		"-- 6/b/b.txt --\nb\n-- 7/a.txt --\nthree\n-- 7/b/b.txt --\nbb\n-- 8/a.txt --\ntwo\n")
	whole, err := (mainline.Upstream{Repo: repo}).Read(t.Context(), "", ids["8"])
	if err != nil {
		t.Fatal(err)
	}
	judge := judged{subjects: []Subject{{Name: "it", Paths: []string{"a.txt", "b/b.txt"}}}}
	for end := 1; end <= len(whole); end++ {
		w := walks{src: mainline.NewObjects(repo), line: whole[:end], touched: whole.ByPath()}.with(judge, newVerdicts())
		want, err := w.states(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for stride := 1; stride <= len(want); stride++ {
			states, k, err := w.newestLast(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []state
			for len(states) > 0 {
				from := max(0, len(states)-stride)
				k.fill(w.line, states, from)
				if from > 0 && states[from-1].key != "" {
					t.Errorf("%d commits, %d at once: state %d has a key before it is asked for", end, stride, from-1)
				}
				got, states = slices.Concat(states[from:], got), states[:from]
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d commits, %d at once: got %+v, expected %+v", end, stride, got, want)
			}
		}
	}
}
