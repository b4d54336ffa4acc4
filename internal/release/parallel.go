package release

import (
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
)

// atOnce is how many independent requests are sent to one registry at the same time.
const atOnce = 64

// parallel calls do for 0 to n-1, some at the same time. It finishes all calls, and returns the first error.
func parallel(n int, do func(int) error) error {
	g := goroutine.NewGroup()
	g.SetLimit(atOnce)
	for i := range n {
		g.Go(func() error { return do(i) })
	}
	return g.Wait()
}

// worst returns the first of the errors with the worst exit code: a failure of a registry is the same for each tag.
func worst(errs []error) (err error) {
	for _, e := range errs {
		if e != nil && (err == nil || fault.Worst(fault.CodeOf(err), fault.CodeOf(e)) != fault.CodeOf(err)) {
			err = e
		}
	}
	return err
}
