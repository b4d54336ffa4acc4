package registry

import (
	"context"
	"errors"

	"github.com/howdah/howdah/internal/fault"
)

// Visible reports whether somebody without an account can read a manifest that is known to exist. A registry that
// hides it refuses, or says that it does not exist; a registry that lags behind a write says the same, so the
// question is repeated for a while. If the registry fails, limits or breaks off, the result is an error: it says
// nothing about who may read.
func (r *Repo) Visible(ctx context.Context, ref string) (bool, error) {
	w := newWait(&r.client.opt, r.registry.String())
	for {
		_, found, err := r.anonymous().Get(ctx, ref)
		if err == nil && found || fault.CodeOf(err) == fault.Auth {
			return found, nil
		}
		if err != nil {
			return false, err
		}
		stop := w.next(ctx, 0, ref+" to be there without credentials")
		if errors.Is(stop, errSpent) {
			return false, nil
		}
		if stop != nil {
			return false, stop
		}
	}
}
