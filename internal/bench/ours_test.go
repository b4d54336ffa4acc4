package bench

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// load makes a series of patches as it would lie in a folder.
func load(tb testing.TB, branches []branch) *series.Series {
	tb.Helper()
	files := fstest.MapFS{}
	for i, b := range branches {
		name := fmt.Sprintf("%02d-%s.patch", i+1, strings.ReplaceAll(b.name, "/", "-"))
		files[name] = &fstest.MapFile{Data: b.patch}
	}
	s, err := series.Load([]series.Folder{{Name: "patches", FS: files}})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// upstreamOnly gives what patches need: nothing but upstream's own blobs.
type upstreamOnly struct{ *git.Repo }

func (u upstreamOnly) Commit(ctx context.Context, _ string, commit tree.ID) (*tree.Tree, error) {
	return u.At(ctx, commit)
}

func (u upstreamOnly) Pull(context.Context, *series.Change) (base, head *tree.Tree, err error) {
	return nil, nil, fmt.Errorf("there are only patches here")
}

// checkOurs begins with an open repository and a loaded series, as a process has them that was asked to check.
func checkOurs(b *testing.B, repo, tip string, series []branch) {
	r, err := git.Open(repo)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	s := load(b, series)
	for b.Loop() {
		base, err := r.At(b.Context(), tree.ID(tip))
		if err != nil {
			b.Fatal(err)
		}
		result, err := apply.Apply(b.Context(), s, apply.Inputs{Base: base, Commit: tree.ID(tip), Sources: upstreamOnly{r}})
		if err != nil {
			b.Fatal(err)
		}
		if !result.OK() {
			for _, o := range result.Outcomes {
				b.Log(o.Change.Name, o.Verdict, o.Message)
			}
			b.Fatal("the series does not apply")
		}
	}
}
