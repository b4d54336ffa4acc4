package release

import (
	"golang.org/x/sync/errgroup"

	"github.com/howdah/howdah/internal/fault"
)

// atOnce is how many requests that do not depend on each other go to one registry at the same time.
const atOnce = 64

// parallel does n things, some at the same time, and gives the first error. All of them are done.
func parallel(n int, do func(int) error) error {
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i := range n {
		g.Go(func() error { return do(i) })
	}
	return g.Wait()
}

// worst gives the first of the errors whose code is the worst: what fails at one registry fails alike for each tag.
func worst(errs []error) (err error) {
	for _, e := range errs {
		if e != nil && (err == nil || fault.Worst(fault.CodeOf(err), fault.CodeOf(e)) != fault.CodeOf(err)) {
			err = e
		}
	}
	return err
}
