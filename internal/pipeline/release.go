package pipeline

import (
	"context"

	"github.com/howdah/howdah/internal/release"
)

// Release is release: the whole flow. Each step takes what the one before it gave.
func (p *Pipeline) Release(ctx context.Context, c Choice) error {
	run := &run{p: p, choice: c}
	return run.tell(p.at(ctx, c, func(upstream *resolved) error { // ref → pin
		run.resolved = upstream
		patched, err := p.patch(ctx, upstream) // pin → tree
		if err != nil {
			return err
		}
		if run.out, err = p.publisher(ctx); err != nil {
			return err
		}
		defer run.out.close()
		known, err := run.out.read(ctx)
		if err != nil {
			return err
		}
		if run.build, err = p.plan(ctx, patched, known); err != nil { // tree → inputs, stamp
			return err
		}
		if run.plan, err = run.prepare(ctx, known); err != nil || run.plan.State != release.Done {
			return err
		}
		if set(c.Dry) {
			return run.dry(ctx)
		}
		images, err := run.images(ctx) // inputs → images
		if err != nil {
			return err
		}
		return run.publish(ctx, images) // images, stamp → release
	}))
}
