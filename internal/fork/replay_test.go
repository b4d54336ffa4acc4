package fork_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fork"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

// forkHistory is a repository with upstream's branch and a fork's.
type forkHistory struct {
	repo  *git.Repo
	ids   map[string]tree.ID
	names map[tree.ID]string
}

func replay(t *testing.T, archive string) forkHistory {
	repo, ids := gittest.Repo(t, archive)
	f := forkHistory{repo, ids, map[tree.ID]string{}}
	for name, id := range ids {
		f.names[id] = name
	}
	return f
}

// trace traces the fork at tip; base is the newest commit of upstream that it has, heads are upstream's branches.
func (f forkHistory) trace(
	t *testing.T, base, tip string, known fork.Known, heads ...string,
) ([]fork.Step, *fork.Traced) {
	t.Helper()
	ctx := t.Context()
	args := append(fork.LogArgs(), string(f.ids[tip]))
	for _, h := range heads {
		args = append(args, "^"+string(f.ids[h]))
	}
	var commits []fork.Commit
	err := f.repo.Stream(ctx, func(r io.Reader) (err error) { commits, err = fork.ParseHistory(r); return err }, args...)
	if err != nil {
		t.Fatal(err)
	}
	old, fresh := f.at(t, base), f.at(t, tip)
	list, err := tree.Compare(ctx, old, fresh)
	if err != nil {
		t.Fatal(err)
	}
	deltas, err := fork.Deltas(ctx, list, f.repo, nil)
	if err != nil {
		t.Fatal(err)
	}
	traced, err := fork.Trace(ctx, fork.Fork{Commits: commits, Known: known, Deltas: deltas}, f.repo)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := fork.Steps(ctx, old, traced, traced.Topics(fork.DefaultLimits))
	if err != nil {
		t.Fatal(err)
	}
	end := old
	if len(steps) > 0 {
		end = steps[len(steps)-1].After
	}
	if end.Root() != fresh.Root() {
		t.Errorf("the steps lead to %s, the fork's tree is %s", end.Root(), fresh.Root())
	}
	return steps, traced
}

func (f forkHistory) at(t *testing.T, name string) *tree.Tree {
	t.Helper()
	out, err := f.repo.At(t.Context(), f.ids[name])
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// show prints each step as "name: commits; merges: paths".
func (f forkHistory) show(steps []fork.Step) string {
	var b strings.Builder
	list := func(ids []tree.ID) string {
		var out []string
		for _, id := range ids {
			out = append(out, f.names[id])
		}
		return strings.Join(out, " ")
	}
	for _, s := range steps {
		fmt.Fprintf(&b, "%s: %s", s.Name, list(s.Commits))
		if len(s.Merges) > 0 {
			fmt.Fprintf(&b, " merges %s", list(s.Merges))
		}
		fmt.Fprintf(&b, ": %s\n", strings.Join(s.Paths, " "))
	}
	return b.String()
}
