package candidate

import (
	"context"

	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// AsReleased asks upstream which commit would be pinned now. If that is the commit of the release rec, it returns
// what the record says about it, without a mirror. It returns nil if it is another commit, or if only upstream's
// history could tell.
func AsReleased(ctx context.Context, s *session.Session, o Options, rec *record.Record) (*Upstream, error) {
	m, done, err := open(ctx, s, o)
	if err != nil {
		return nil, err
	}
	defer done()
	want, err := wanted(ctx, s, o)
	if err != nil {
		return nil, err
	}
	tip, err := m.Tip(ctx, want)
	if err != nil || tip == "" || string(tip) != rec.Upstream.Commit {
		return nil, err
	}
	if want.Settle > 0 && rec.Created.After(want.Now.Add(-want.Settle)) {
		return nil, nil // an older commit is wanted
	}
	version, err := stamp.Parse(rec.Upstream.Version)
	if err != nil {
		return nil, nil
	}
	return &Upstream{
		Pin:   upstream.Pin{URL: m.URL, Ref: want.Ref, Commit: tree.ID(rec.Upstream.Commit), Date: rec.Created},
		Facts: Facts{Version: version, Schema: rec.Upstream.Schema}, Options: o,
	}, nil
}
