package candidate

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// AsReleased asks upstream which commit would be pinned now. If that is the commit of the release rec, it returns
// what the record says about it, without a mirror. It returns nil, and why, if it is another commit, or if only
// upstream's history could tell.
func AsReleased(ctx context.Context, s *session.Session, o Options, rec *record.Record) (*Upstream, string, error) {
	m, done, err := open(ctx, s, o)
	if err != nil {
		return nil, "", err
	}
	defer done()
	want, err := wanted(ctx, s, o)
	if err != nil {
		return nil, "", err
	}
	tip, err := m.Tip(ctx, want)
	switch commit := tree.ID(rec.Upstream.Commit); {
	case err != nil:
		return nil, "", err
	case tip == "":
		return nil, "which commit is wanted shows once upstream is fetched", nil
	case tip != commit:
		return nil, fmt.Sprintf("%s is at %s; %s is of %s", want.Ref, tip.Short(), rec.Tag, commit.Short()), nil
	}
	if want.Settle > 0 && rec.Created.After(want.Now.Add(-want.Settle)) {
		return nil, "an older commit is wanted than that of " + rec.Tag, nil
	}
	version, err := stamp.Parse(rec.Upstream.Version)
	if err != nil {
		return nil, "the record of " + rec.Tag + " names no version of upstream's", nil
	}
	return &Upstream{
		Pin:   upstream.Pin{URL: m.URL, Ref: want.Ref, Commit: tree.ID(rec.Upstream.Commit), Date: rec.Created},
		Facts: Facts{Version: version, Schema: rec.Upstream.Schema}, Options: o,
	}, "", nil
}
