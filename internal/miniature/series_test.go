package miniature

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/tree"
)

// source reads changes from the miniature's own repository, where its pull requests are.
type source struct {
	repo *git.Repo
	main tree.ID
}

var _ patch.Sources = source{}

func (s source) Commit(ctx context.Context, _ string, commit tree.ID) (*tree.Tree, error) {
	return s.repo.At(ctx, commit)
}

func (s source) Pull(ctx context.Context, c *patch.Change) (base, head *tree.Tree, err error) {
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

// apply applies the distribution's series to a ref of the miniature.
func apply(t *testing.T, ref, day string) map[string]patch.Outcome {
	t.Helper()
	up := write(t, t.TempDir(), "")
	dir := t.TempDir()
	if err := WriteDistribution(dir, up.Dir, up); err != nil {
		t.Fatal(err)
	}
	series, err := patch.Load([]patch.Folder{{Name: "patches", FS: os.DirFS(filepath.Join(dir, "patches"))}})
	if err != nil {
		t.Fatal(err)
	}
	repo, err := git.Open(up.Dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() })
	commit := up.Refs[ref]
	base, err := repo.At(t.Context(), commit)
	if err != nil {
		t.Fatal(err)
	}
	today, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	landing := map[string]patch.Landing{}
	for _, c := range series.Changes {
		if c.Kind == patch.KindLanded {
			landing[c.Sum] = patch.Landing{By: &patch.Commit{ID: c.Commit}}
		}
	}
	result, err := series.Apply(t.Context(), patch.Inputs{
		Base: base, Commit: commit, Version: "4.6.0-alpha.7", Day: today, Landed: landing,
		Sources: source{repo, up.Refs["refs/heads/main"]},
	})
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]patch.Outcome{}
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
	got := apply(t, "refs/heads/main", "2026-04-30")
	for name, want := range map[string]patch.Verdict{
		"post-length": patch.Clean, "no-hiredis": patch.Clean, "unlisted-icon": patch.Offset, "draggable-images": patch.Offset,
		"elephant-styles": patch.Clean, "elephant-theme": patch.Clean, "pride-logo": patch.Idle, "storage-retries": patch.Landed,
	} {
		if o := got[name]; o.Verdict != want {
			t.Errorf("%s is %s, want %s: %s", name, o.Verdict, want, o.Message)
		}
	}
	if o := got["pride-logo"]; o.Would != patch.Clean {
		t.Errorf("the logo would be %q, want clean", o.Would)
	}
	if got := apply(t, "refs/heads/main", "2026-06-01")["pride-logo"].Verdict; got != patch.Clean {
		t.Errorf("in June the logo is %s, want clean", got)
	}
}

func TestSeriesInTrouble(t *testing.T) {
	got := apply(t, "refs/heads/trouble", "2026-05-06")
	for name, want := range map[string]patch.Verdict{
		"post-length": patch.Count, "unlisted-icon": patch.Gone, "no-hiredis": patch.Clean, "elephant-theme": patch.Clean,
	} {
		if o := got[name]; o.Verdict != want {
			t.Errorf("%s is %s, want %s: %s", name, o.Verdict, want, o.Message)
		}
	}
}
