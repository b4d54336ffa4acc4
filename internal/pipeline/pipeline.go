// Package pipeline is the order of things: a distribution and a person's choice go in; fetch, patch, build, stamp and
// publish run one after the other, each stage's value handed to the next, and the report comes out. release.go has
// the whole flow on one screen.
package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/credential"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/process"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/target"
)

// Pipeline is one run: the distribution that it is for, where it tells its story, and the moment that counts as now.
type Pipeline struct {
	cfg    *config.Config
	term   *report.Terminal
	story  *report.Story
	caller target.Caller
	target string
	now    time.Time

	credentials *credential.Chain // of registries, for publishing and for bases
}

// Run does a target's work: it reads the distribution, keeps a second run out, ends on signals and when mage has
// gone, prints the error, and returns the exit code.
func Run(ctx context.Context, name string, work func(context.Context, *Pipeline) error) int {
	term := report.Open(os.Stdout, os.Stderr, os.Environ())
	p := &Pipeline{
		term: term, story: report.NewStory(term), target: name, now: time.Now(),
		caller: target.CallerOf(os.Args[0], os.Getenv("HOWDAH_CONFIG")),
	}
	p.credentials = credential.New(os.Getenv, func(told string) { term.Warnf("%s", told) })
	ctx, stop := process.Context(ctx)
	defer stop()
	err := p.run(ctx, work)
	if err == nil {
		return int(fault.OK)
	}
	code := process.Code(ctx, err)
	if !wasTold(err) || ctx.Err() != nil {
		err = process.Explain(ctx, err)
		term.Fail(err, p.caller)
		report.GitHubOf(os.Environ()).Annotate(term, report.FailureAnnotations(err, p.caller))
	}
	return int(code)
}

// shared are the targets that only read, and may run beside others. The rest is alone in its distribution.
var shared = map[string]bool{
	"version:show": true, "publish:status": true, "publish:doctor": true, "publish:tag": true, "publish:serve": true,
	"builder:status": true, "cache:status": true, "init": true, "demo": true, "test": true, "check": true, "bench": true,
}

func (p *Pipeline) run(ctx context.Context, work func(context.Context, *Pipeline) error) error {
	if !bare[p.target] {
		cfg, err := config.Load(os.Getenv("HOWDAH_CONFIG"), os.Environ())
		if err != nil {
			return err
		}
		p.cfg = cfg
		told, err := cfg.Tool(toolRelease())
		if err != nil {
			return err
		}
		if told != "" {
			p.term.Warnf("%s", told)
		}
		for _, w := range cfg.Warnings {
			p.term.Warnf("%s", w)
		}
	}
	if p.cfg != nil && !shared[p.target] {
		held, err := lock.Take(filepath.Join(p.cfg.Dist, ".lock"), p.target)
		if err != nil {
			return err
		}
		defer held.Release()
	}
	return work(ctx, p)
}

// bare are the targets that need no distribution.
var bare = map[string]bool{"ci:notice": true, "init": true, "demo": true, "test": true, "check": true, "bench": true}
