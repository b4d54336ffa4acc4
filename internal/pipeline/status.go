package pipeline

import (
	"context"
	"os"
	"time"

	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/tree"
)

// UpstreamStatus is upstream:status: what moved since the last release.
func (p *Pipeline) UpstreamStatus(ctx context.Context, c Choice) error {
	return p.at(ctx, c, func(r *resolved) error {
		day, err := p.day(c)
		if err != nil {
			return err
		}
		s := report.Status{Upstream: upstreamOf(r.pin, r.facts), Date: day.Format(time.DateOnly), Offline: set(c.Offline), Fetched: p.now.UTC()}
		if known := p.known(ctx); known != nil && known.Newest != nil {
			if err := p.since(ctx, r, known.Newest, &s); err != nil {
				return err
			}
		}
		if s.Watched, err = p.watched(ctx, r); err != nil {
			return err
		}
		if err := p.opens(day, &s); err != nil {
			return err
		}
		hub := report.GitHubOf(os.Environ(), p.term.Secrets())
		if err := report.WriteJSON(p.cfg.Result("upstream-status.json"), s, p.term.Secrets()); err != nil {
			return err
		}
		p.term.Answer(s.Text(p.caller))
		hub.Annotate(p.term, s.Annotations(p.caller))
		return hub.Summary(func(limit int) []byte { return s.Markdown(p.caller, limit) })
	})
}

// since fills in what happened after a release.
func (p *Pipeline) since(ctx context.Context, r *resolved, last *release.Record, s *report.Status) error {
	s.Released = &report.Released{Tag: last.Tag, Commit: last.Upstream.Commit, At: last.Released}
	from := tree.ID(last.Upstream.Commit)
	if _, err := r.mirror.Repo.Resolve(ctx, string(from)); err != nil {
		s.Rewound = true // upstream has lost it
		return nil
	}
	descends, err := r.mirror.Repo.Ancestor(ctx, from, r.pin.Commit)
	if err != nil {
		return err
	}
	s.Rewound = !descends
	if s.Ahead, err = r.mirror.Count(ctx, from, r.pin.Commit); err != nil {
		return err
	}
	s.Schema = stamp.Lacking(last.Migrations, r.facts.Migrations)
	if last.Upstream.Version != r.facts.Version.String() {
		s.Versions = []string{r.facts.Version.String()}
	}
	return nil
}

// opens finds the next day on which a change's window opens or closes.
func (p *Pipeline) opens(day time.Time, s *report.Status) error {
	series, _, err := p.load()
	if err != nil {
		return err
	}
	var next time.Time
	for _, c := range series.Changes {
		if c.Window.IsZero() {
			continue
		}
		switch at := c.Window.Next(day); {
		case at.IsZero():
		case next.IsZero() || at.Before(next):
			next, s.Changes = at, []string{c.Name}
		case at.Equal(next):
			s.Changes = append(s.Changes, c.Name)
		}
	}
	if !next.IsZero() {
		s.Opens = next.Format(time.DateOnly)
	}
	return nil
}
