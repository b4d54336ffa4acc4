package miniature

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// source reads changes from the miniature's own repository, where its pull requests are.
type source struct {
	repo *git.Repo
	main tree.ID
}

var _ apply.Sources = source{}

func (s source) Commit(ctx context.Context, _ string, commit tree.ID) (*tree.Tree, error) {
	return s.repo.At(ctx, commit)
}

func (s source) Pull(ctx context.Context, c *series.Change) (base, head *tree.Tree, err error) {
	id, err := s.repo.MergeBase(ctx, s.main, c.Commit)
	if err != nil {
		return nil, nil, err
	}
	if base, err = s.repo.At(ctx, id); err != nil {
		return nil, nil, err
	}
	head, err = s.repo.At(ctx, c.Commit)
	return base, head, err
}

// applied applies the distribution's series to a ref of the miniature.
func applied(t *testing.T, ref, day string) map[string]verdict.Outcome {
	t.Helper()
	up := write(t, t.TempDir(), "")
	dir := t.TempDir()
	if err := WriteDistribution(dir, up.Dir, up); err != nil {
		t.Fatal(err)
	}
	whole, err := series.Load([]series.Folder{{Name: "patches", FS: os.DirFS(filepath.Join(dir, "patches"))}})
	if err != nil {
		t.Fatal(err)
	}
	repo, err := git.Open(up.Dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() })
	commit := up.refs[ref]
	base, err := repo.At(t.Context(), commit)
	if err != nil {
		t.Fatal(err)
	}
	today, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	landing := map[string]verdict.Landing{}
	for _, c := range whole.Changes {
		if c.Kind == series.KindLanded {
			landing[c.Sum] = verdict.Landing{By: &verdict.Commit{ID: c.Commit}}
		}
	}
	result, err := apply.Apply(t.Context(), whole, apply.Inputs{
		Base: base, Commit: commit, Version: "4.6.0-alpha.7", Day: today, Landed: landing,
		Sources: source{repo, up.refs["refs/heads/main"]},
	})
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]verdict.Outcome{}
	for _, o := range result.Outcomes {
		outcomes[o.Change.Name] = o
	}
	last := result.Tree
	for name, want := range map[string]string{"Gemfile": "gem 'hiredis", "Gemfile.lock": "hiredis"} {
		f, err := last.ReadFile(t.Context(), name)
		if err != nil || strings.Contains(string(f.Data), want) {
			t.Errorf("%s still has %q (%v)", name, want, err)
		}
	}
	return outcomes
}

func TestSeriesOnMain(t *testing.T) {
	got := applied(t, "refs/heads/main", "2026-04-30")
	for name, want := range map[string]verdict.Kind{
		"post-length": verdict.Clean, "no-hiredis": verdict.Clean, "unlisted-icon": verdict.Offset,
		"draggable-images": verdict.Offset,
		"elephant-styles":  verdict.Clean, "elephant-theme": verdict.Clean, "pride-logo": verdict.Idle,
		"storage-retries": verdict.Landed,
	} {
		if o := got[name]; o.Verdict != want {
			t.Errorf("%s is %s, want %s: %s", name, o.Verdict, want, o.Message)
		}
	}
	if o := got["pride-logo"]; o.Would != verdict.Clean {
		t.Errorf("the logo would be %q, want clean", o.Would)
	}
	if got := applied(t, "refs/heads/main", "2026-06-01")["pride-logo"].Verdict; got != verdict.Clean {
		t.Errorf("in June the logo is %s, want clean", got)
	}
}

func TestSeriesInTrouble(t *testing.T) {
	got := applied(t, "refs/heads/trouble", "2026-05-06")
	for name, want := range map[string]verdict.Kind{
		"post-length": verdict.Count, "unlisted-icon": verdict.Gone, "no-hiredis": verdict.Clean,
		"elephant-theme": verdict.Clean,
	} {
		if o := got[name]; o.Verdict != want {
			t.Errorf("%s is %s, want %s: %s", name, o.Verdict, want, o.Message)
		}
	}
}
