package release

import (
	"context"

	"github.com/howdah/howdah/internal/deployment"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
)

// Compose returns the compose.yaml of a release: of the one with this tag, of the one that [Store.Rollback] would
// return to, or of the newest.
func (s Store) Compose(ctx context.Context, tag string, before bool) ([]byte, error) {
	k, err := s.readAll(ctx)
	if err != nil {
		return nil, err
	}
	if len(k.tags) == 0 {
		return nil, fault.New(fault.Usage, "expected a release, found none: nothing is released yet")
	}
	r := k.Newest
	switch {
	case tag != "" || before:
		if r, err = k.before(ctx, tag, k.Newest); err != nil {
			return nil, err
		}
	case len(k.unreadable) > 0:
		return nil, k.unreadable[0]
	}
	for _, name := range s.Settings.Images {
		if _, ok := r.Image(name); !ok {
			return nil, fault.New(fault.Usage, "release %s has no image %q, only %q", r.Tag, name, r.ImageNames()).
				WithHint("the names of [[image]] in howdah.toml have changed since that release")
		}
	}
	return s.Settings.compose(r), nil
}

// compose returns the compose.yaml of a release of this distribution.
func (s Settings) compose(r *record.Record) []byte {
	return deployment.Compose(s.primary(), s.Images, r)
}
