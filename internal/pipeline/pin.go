package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/upstream"
)

// open opens upstream's mirror. Runs of other distributions may share the cache: refs are fetched by one at a time, and
// what a killed run left is cleared away by the first that finds itself alone.
func (p *Pipeline) open(ctx context.Context, c Choice) (*upstream.Mirror, func(), error) {
	if err := p.check(c); err != nil {
		return nil, nil, err
	}
	cache := p.cfg.Cache.In("mirror")
	held, err := lock.Share(ctx, p.users(), func() error { return upstream.Clear(cache) })
	if err != nil {
		return nil, nil, err
	}
	m, err := upstream.Open(ctx, p.cfg.Upstream.URL, p.mirrorOptions(c))
	if err != nil {
		return nil, nil, errors.Join(err, held.Release())
	}
	return m, func() { _ = m.Close(); _ = held.Release() }, nil
}

// users is the lock that all hold who are at work with the caches that distributions share.
func (p *Pipeline) users() string { return p.cfg.Cache.In("mirror", ".users") }

func (p *Pipeline) mirrorOptions(c Choice) upstream.Options {
	alone := func(ctx context.Context) (func(), error) {
		held, err := lock.Wait(ctx, p.cfg.Cache.In("mirror", ".lock"), p.target)
		if err != nil {
			return nil, err
		}
		return func() { _ = held.Release() }, nil
	}
	return upstream.Options{Cache: p.cfg.Cache.In("mirror"), Offline: set(c.Offline), Alone: alone}
}

// pin fetches upstream and settles on one commit.
func (p *Pipeline) pin(ctx context.Context, m *upstream.Mirror, c Choice) (pin upstream.Pin, err error) {
	stage := p.story.Stage("fetching upstream")
	defer func() { closeFailed(stage, err) }()
	first, _ := m.Empty(ctx)
	if first && !set(c.Offline) {
		stage.Say("the first fetch of %s brings its whole history, without files: some 30 MB for Mastodon, seconds to minutes", p.cfg.Upstream.URL)
	}
	m.Progress(progress{stage})
	if c.built != nil {
		if ok, err := m.Repo.Has(ctx, c.built.Commit); err == nil && ok {
			stage.End("%s, as it was built", described(*c.built))
			return *c.built, nil
		}
	}
	want := upstream.Want{Ref: p.cfg.Upstream.Ref, Branch: p.cfg.Upstream.Ref, Settle: p.cfg.Upstream.Settle, Now: p.now}
	if c.Ref != nil {
		want.Ref, want.Settle = text(c.Ref), 0
	}
	if want.Ref == released {
		if want.Ref, err = p.releasedCommit(ctx); err != nil {
			return pin, err
		}
	}
	pin, move, err := m.Pin(ctx, want)
	if err != nil {
		return pin, err
	}
	if move.Rewound {
		stage.Warn("upstream rewound %s: %s does not descend from %s, which was there before", want.Ref, move.New.Short(), move.Old.Short())
	}
	result := "nothing new"
	switch {
	case first:
		result = "new mirror"
	case move.Old == "":
		result = "not fetched before"
	case move.Rewound:
		result = "rewound"
	case move.Old != move.New:
		n, err := m.Count(ctx, move.Old, move.New)
		if err != nil {
			return pin, err
		}
		result = fmt.Sprintf("%d new commits", n)
	}
	stage.End("%s, %s", described(pin), result)
	return pin, nil
}

// described is a pin for people.
func described(pin upstream.Pin) string {
	ref := pin.Ref + " "
	if strings.HasPrefix(string(pin.Commit), pin.Ref) {
		ref = ""
	}
	return ref + pin.Commit.Short() + " of " + pin.Date.Format("2006-01-02 15:04Z")
}

// released as a ref stands for the commit of the newest release.
const released = "@released"

// closeFailed ends a stage as failed where an error leaves it open.
func closeFailed(s *report.Stage, err error) {
	if err != nil {
		s.Fail()
	}
}

// progress turns git's own progress into a stage's.
type progress struct{ stage *report.Stage }

var _ io.Writer = progress{}

func (w progress) Write(b []byte) (int, error) {
	line := strings.TrimSpace(string(b))
	if i := strings.LastIndexAny(line, "\r\n"); i >= 0 {
		line = line[i+1:]
	}
	if line != "" {
		w.stage.Progress("%s", line)
	}
	return len(b), nil
}

// Fetch is upstream:fetch: the pin goes to dist/upstream-fetch.json.
func (p *Pipeline) Fetch(ctx context.Context, c Choice) error {
	m, done, err := p.open(ctx, c)
	if err != nil {
		return err
	}
	defer done()
	pin, err := p.pin(ctx, m, c)
	if err != nil {
		return err
	}
	stage := p.story.Stage("fetching files")
	n, err := m.Prefetch(ctx, pin.Commit)
	if err != nil {
		stage.Fail()
		return err
	}
	stage.End("%d files", n)
	facts, err := p.facts(ctx, m, pin)
	if err != nil {
		return err
	}
	if err := errors.Join(
		report.WriteJSON(p.cfg.Result("upstream-fetch.json"), fetched{Pin: pin, Version: facts.Version.String(), Schema: facts.Schema}, p.term.Secrets()),
		report.GitHubOf(os.Environ(), p.term.Secrets()).Outputs(same(ctx, m, pin)...),
	); err != nil {
		return err
	}
	p.term.Answerf("%s %s %s", pin.Ref, pin.Commit, facts.Version)
	return nil
}

// same are the outputs by which other jobs of a workflow come to the same commit: -ref= and, where that is a branch's
// commit, the branch, for HOWDAH_UPSTREAM_REF.
func same(ctx context.Context, m *upstream.Mirror, pin upstream.Pin) []report.Output {
	ref, branch := pin.Ref, ""
	if _, err := m.Repo.Resolve(ctx, "refs/heads/"+pin.Ref); err == nil {
		ref, branch = string(pin.Commit), pin.Ref
	}
	return []report.Output{{Name: "ref", Value: ref}, {Name: "branch", Value: branch}}
}

// fetched is dist/upstream-fetch.json.
type fetched struct {
	upstream.Pin
	Version string `json:"version"`
	Schema  string `json:"schema"`
}

// upstreamOf is the pin as reports have it.
func upstreamOf(pin upstream.Pin, f facts) report.Upstream {
	return report.Upstream{URL: pin.URL, Ref: pin.Ref, Commit: string(pin.Commit), Version: f.Version.String(), Schema: f.Schema}
}
