package registry

import (
	"context"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
)

// A registry may lag: what was written is not there yet, or a tag still has its old digest. The functions here read
// again for a while before they believe the answer.

// ReadBack reads a tag until the registry shows the written digest, within the budget of one request. A digest that
// is neither the new one nor old comes from another run, and is an error at once.
func (r *Repo) ReadBack(ctx context.Context, tag string, m content.Manifest, old string) error {
	w := newWait(&r.client.opt, r.registry.String())
	for {
		got, found, err := r.Get(ctx, tag)
		if err != nil {
			return err
		}
		if found && got.Digest == m.Digest {
			break
		}
		t := &Taken{Repository: r.String(), Tag: tag, Want: m.Digest.String()}
		if found {
			t.Got = got.Digest.String()
		}
		stop := errSpent
		if !found || t.Got == old {
			stop = w.next(ctx, 0, "a tag that cannot be read yet")
		}
		if stop != nil {
			return fault.New(fault.Registry, "%w", t).
				WithHint("another release may be running; %s compares the registries", compare)
		}
	}
	r.client.opt.Progress(Event{Registry: r.registry.String(), image: r.image, What: Tagged, Name: tag})
	return nil
}

// UntilPresent repeats do, within the budget of one request, while the registry lacks a blob or manifest that was
// written.
func (r *Repo) UntilPresent(ctx context.Context, do func(context.Context) error) error {
	w := newWait(&r.client.opt, r.registry.String())
	for {
		err := do(ctx)
		if f := Flaws(err); len(f) == 0 || !f[0].absent || w.next(ctx, 0, "what cannot be read back yet") != nil {
			return err
		}
	}
}

// GetListed reads a tag that the registry lists. If the answer is that there is none, it asks again, within the
// budget of one request.
func (r *Repo) GetListed(ctx context.Context, tag string) (m content.Manifest, found bool, err error) {
	w := newWait(&r.client.opt, r.registry.String())
	for {
		m, found, err = r.Get(ctx, tag)
		if err != nil || found || w.next(ctx, 0, "a tag that is listed and cannot be read") != nil {
			return m, found, err
		}
	}
}
