package admin

import (
	"context"
	"errors"
	"time"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/ship"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
	"github.com/howdah/howdah/internal/view"
)

// UpstreamStatus runs upstream:status: it prints what changed since the last release.
func UpstreamStatus(ctx context.Context, s *session.Session, o candidate.Options) error {
	return candidate.At(ctx, s, o, func(u candidate.Upstream) (err error) {
		day := o.Day(s)
		out := view.Status{Distribution: s.Distribution(), Upstream: u.Report(), Date: day.Format(time.DateOnly),
			Offline: o.Offline, Fetched: s.Now.UTC()}
		if known := ship.Known(ctx, s); known != nil && known.Newest != nil {
			if out, err = withSince(ctx, out, u, known.Newest); err != nil {
				return err
			}
		}
		if out.Watched, err = watched(ctx, s, u); err != nil {
			return err
		}
		if out.Opens, out.Changes, err = nextWindow(s, day); err != nil {
			return err
		}
		hub := s.GitHub()
		if err := view.WriteJSON(s.Config.Result("upstream-status.json"), out, s.Term.Secrets()); err != nil {
			return err
		}
		s.Term.Answer(out.Text(s.Caller))
		hub.Annotate(s.Term, out.Annotations(s.Caller))
		return hub.Summary(func(limit int) []byte { return out.Markdown(s.Caller, limit) })
	})
}

// withSince returns the status with what happened after a release.
func withSince(ctx context.Context, out view.Status, u candidate.Upstream, last *record.Record) (view.Status, error) {
	out.Released = &view.Released{Tag: last.Tag, Commit: last.Upstream.Commit, At: last.Released}
	from := tree.ID(last.Upstream.Commit)
	if _, err := u.Mirror.Repo.Resolve(ctx, string(from)); err != nil {
		out.Rewound = true // upstream has lost it
		return out, nil
	}
	descends, err := u.Mirror.Repo.Ancestor(ctx, from, u.Pin.Commit)
	if err != nil {
		return out, err
	}
	out.Rewound = !descends
	if out.Ahead, err = u.Mirror.Count(ctx, from, u.Pin.Commit); err != nil {
		return out, err
	}
	out.Schema = stamp.Lacking(last.Migrations, u.Facts.Migrations)
	if last.Upstream.Version != u.Facts.Version.String() {
		out.Versions = []string{u.Facts.Version.String()}
	}
	return out, nil
}

// nextWindow returns the next day, YYYY-MM-DD, on which the window of a change opens or closes, and those changes; ""
// if there is none.
func nextWindow(s *session.Session, day time.Time) (on string, changes []string, err error) {
	series, err := candidate.Series(s)
	if err != nil {
		return "", nil, err
	}
	var next time.Time
	for _, c := range series.Changes {
		if c.Window.IsZero() {
			continue
		}
		switch at := c.Window.Next(day); {
		case at.IsZero():
		case next.IsZero() || at.Before(next):
			next, changes = at, []string{c.Name}
		case at.Equal(next):
			changes = append(changes, c.Name)
		}
	}
	if next.IsZero() {
		return "", nil, nil
	}
	return next.Format(time.DateOnly), changes, nil
}

// Fetch runs upstream:fetch: it writes the pin to dist/upstream-fetch.json.
func Fetch(ctx context.Context, s *session.Session, o candidate.Options) error {
	return candidate.At(ctx, s, o, func(u candidate.Upstream) (err error) {
		stage := s.Story.Stage("fetching files")
		defer stage.FailOn(&err)
		n, err := u.Mirror.Prefetch(ctx, u.Pin.Commit)
		if err != nil {
			return err
		}
		stage.End("%d files", n)
		version := u.Facts.Version.String()
		if err := errors.Join(
			view.WriteJSON(s.Config.Result("upstream-fetch.json"), fetched{Pin: u.Pin, Version: version, Schema: u.Facts.Schema},
				s.Term.Secrets()),
			s.GitHub().Outputs(refOutputs(ctx, u)...),
		); err != nil {
			return err
		}
		s.Term.Answerf("%s %s %s", u.Pin.Ref, u.Pin.Commit, version)
		return nil
	})
}

// fetched is dist/upstream-fetch.json. It has the pin's keys at its top level: that is why the pin is embedded.
type fetched struct {
	upstream.Pin
	Version string `json:"version"`
	Schema  string `json:"schema"`
}

// refOutputs returns the outputs with which other jobs of a workflow use the same commit: -ref= and, if that is a
// branch's commit, the branch, for HOWDAH_UPSTREAM_REF.
func refOutputs(ctx context.Context, u candidate.Upstream) []github.Output {
	ref, branch := u.Pin.Ref, ""
	if _, err := u.Mirror.Repo.Resolve(ctx, "refs/heads/"+u.Pin.Ref); err == nil {
		ref, branch = string(u.Pin.Commit), u.Pin.Ref
	}
	return []github.Output{{Name: "ref", Value: ref}, {Name: "branch", Value: branch}}
}
