package registry

import (
	"context"
	"errors"

	"github.com/howdah/howdah/internal/fault"
)

// Visible reports whether somebody without credentials can read a manifest that is known to be there. A registry that
// hides it refuses, or says that it is not there; the latter is also what one says that lags behind a write, so it is
// asked for a while. That a registry fails, limits or breaks off is an error: it says nothing about who may read.
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
