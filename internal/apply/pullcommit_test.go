package apply_test

import (
	"errors"
	"testing"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// TestReplay: two commits of a branch with a copy of upstream's work between them: the copy is not part of the
// change.
func TestReplay(t *testing.T) {
	repo, ids := gittest.Repo(t, `commit 1 Begin
commit own1 First
commit copy Upstream's
commit own2 Second
commit other Against the first	from=1
-- 1/a.txt --
1
2
3
4
5
6
-- own1/a.txt --
one
2
3
4
5
6
-- copy/a.txt --
one
2
3
4
5
6
7
-- copy/b.txt --
upstream's
-- own2/a.txt --
one
2
3
four
5
6
7
-- other/a.txt --
uno
2
3
4
5
6
`)
	at := func(name string) *tree.Tree {
		t.Helper()
		tr, err := repo.At(t.Context(), ids[name])
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	c := &series.Change{Name: "it", Kind: series.KindPull, Pull: "x/y#1", Required: true}
	base, head,
		err := apply.Replay(t.Context(), c,
		[]apply.Step{{Before: at("1"), After: at("own1")}, {Before: at("copy"), After: at("own2")}})
	if err != nil {
		t.Fatal(err)
	}
	if base.Root() != at("1").Root() {
		t.Errorf("the base is %s, want what the first commit found", base.Root())
	}
	f, err := head.ReadFile(t.Context(), "a.txt")
	if err != nil || string(f.Data) != "one\n2\n3\nfour\n5\n6\n" {
		t.Errorf("a.txt is %q, %v", f.Data, err)
	}
	if _, err := head.Lookup(t.Context(), "b.txt"); err == nil {
		t.Error("upstream's file is in the change")
	}
	_, _,
		err = apply.Replay(t.Context(), c,
		[]apply.Step{{Before: at("1"), After: at("own1")}, {Before: at("1"), After: at("other")}})
	var wrong *fault.Error
	if !errors.As(err, &wrong) || wrong.Code != fault.Usage || wrong.Hint.IsZero() {
		t.Errorf("commits that do not go upon each other: %v", err)
	}
}
