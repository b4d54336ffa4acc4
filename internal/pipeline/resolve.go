package pipeline

import (
	"context"
	"io"

	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/upstream"
)

// resolved is upstream at one commit.
type resolved struct {
	mirror *upstream.Mirror
	pin    upstream.Pin
	facts  facts
	choice Choice

	src      *sources
	drifts   map[*patch.Change]*report.Drift // what became of pull requests
	packages string                          // the day of Debian's packages, where an earlier build decided it; "" leaves it open
}

// at pins upstream, reads its facts, and does a target's work there.
func (p *Pipeline) at(ctx context.Context, c Choice, work func(*resolved) error) error {
	m, done, err := p.open(ctx, c)
	if err != nil {
		return err
	}
	defer done()
	pin, err := p.pin(ctx, m, c)
	if err != nil {
		return err
	}
	f, err := p.facts(ctx, m, pin)
	if err != nil {
		return err
	}
	r := &resolved{mirror: m, pin: pin, facts: f, choice: c}
	defer closeQuietly(r.sources(p))
	return work(r)
}

// closeQuietly closes what was only read.
func closeQuietly(c io.Closer) { _ = c.Close() }
