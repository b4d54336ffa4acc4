package bench

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// corpus is a real upstream with all the branches and pull requests in its repository, each taken as a change.
type corpus struct {
	*sandbox
	repo    *git.Repo
	up      mainline.Upstream
	tip     tree.ID
	sources *pulls
	changes []*series.Change
}

// allowed lets the corpus touch what Howdah refuses unless told: it is about applying, not about safety.
var allowed = []string{".gitattributes", ".gitmodules", ".github/workflows/"}

func openCorpus(tb testing.TB) *corpus {
	tb.Helper()
	dir := repository(tb)
	repo, err := git.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = repo.Close() })
	tip, err := repo.Resolve(tb.Context(), "HEAD")
	if err != nil {
		tb.Fatal(err)
	}
	up := mainline.Upstream{Repo: repo, Cache: tb.TempDir()}
	c := &corpus{sandbox: newSandbox(tb, dir), repo: repo, up: up, tip: tip}
	c.sources = &pulls{mirror: &upstream.Mirror{URL: "https://github.com/example/upstream.git", Repo: repo}, tip: tip,
		known: map[tree.ID]upstream.Pull{}}
	seen := map[string]bool{string(tip): true}
	for line := range strings.Lines(c.git(nil, "for-each-ref", "--format=%(objectname) %(refname)")) {
		head, ref, _ := strings.Cut(strings.TrimSpace(line), " ")
		if seen[head] {
			continue
		}
		seen[head] = true
		c.changes = append(c.changes, &series.Change{
			Name: strings.NewReplacer("refs/", "", "/head", "").Replace(ref), Kind: series.KindPull, Pull: "example/upstream#1",
			Commit: tree.ID(head), Sum: head, Required: true, Allow: allowed, File: ref, Line: 1,
		})
	}
	return c
}

// settings are what the corpus is judged with.
func (c *corpus) settings() history.Settings { return history.Settings{Sources: c.sources} }

// alone is a series of one change.
func alone(c *series.Change) *series.Series { return &series.Series{Changes: []*series.Change{c}} }

// pulls reads pull requests that are all in upstream's own repository.
type pulls struct {
	mirror *upstream.Mirror
	tip    tree.ID
	mu     sync.Mutex
	known  map[tree.ID]upstream.Pull
}

var _ apply.Sources = (*pulls)(nil)

func (p *pulls) Commit(ctx context.Context, _ string, commit tree.ID) (*tree.Tree, error) {
	return p.mirror.Repo.At(ctx, commit)
}

func (p *pulls) Pull(ctx context.Context, c *series.Change) (base, head *tree.Tree, err error) {
	pull, err := p.find(ctx, c.Commit)
	if err != nil {
		return nil, nil, err
	}
	steps, err := p.mirror.Steps(ctx, pull)
	if err != nil {
		return nil, nil, err
	}
	return apply.Replay(ctx, c, apply.StepsOf(steps))
}

func (p *pulls) find(ctx context.Context, head tree.ID) (upstream.Pull, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if pull, ok := p.known[head]; ok {
		return pull, nil
	}
	pull, err := p.mirror.Pull(ctx, pullref.Ref{Owner: "example", Repo: "upstream", Number: "1"}, head, p.tip)
	if err == nil {
		p.known[head] = pull
	}
	return pull, err
}

// patchOf is a change as git writes it; empty where it changes nothing or cannot be told from upstream's own work.
func (c *corpus) patchOf(tb testing.TB, change *series.Change) ([]byte, error) {
	tb.Helper()
	base, head, err := c.sources.Pull(tb.Context(), change)
	var known *fault.Error
	if errors.As(err, &known) {
		tb.Logf("left out: %s: %v", change.Name, err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	objects, err := head.Objects(tb.Context())
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		c.git(o.Data, "hash-object", "-w", "-t", o.Type, "--stdin")
	}
	out := c.git(nil, "diff", "--full-index", "--binary", string(base.Root()), string(head.Root()))
	if out == "" {
		return nil, nil
	}
	return []byte(out + "\n"), nil
}
