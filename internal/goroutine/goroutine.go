// Package goroutine starts the program's goroutines. One that panics does not end the process, which Go would do with
// exit code 2: whoever waits for it gets the panic, as an error or as a panic of its own, and the run ends as with any
// other bug of the program.
package goroutine

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/howdah/howdah/internal/fault"
)

// Start runs f beside the caller. The channel gets what f returns, or its panic, once.
func Start(f func() error) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- fault.Catch(f) }()
	return ended
}

// Group is an errgroup.Group whose Wait returns a panic as an error.
type Group struct{ group *errgroup.Group }

func NewGroup() *Group { return &Group{new(errgroup.Group)} }

// WithContext returns a group, and a context that is cancelled when one of its goroutines fails or panics, or when Wait
// returns.
func WithContext(ctx context.Context) (*Group, context.Context) {
	group, within := errgroup.WithContext(ctx)
	return &Group{group}, within
}

// SetLimit sets how many goroutines run at once; call it before the first.
func (g *Group) SetLimit(n int) { g.group.SetLimit(n) }

// Go runs f beside the caller, when the limit allows it.
func (g *Group) Go(f func() error) { g.group.Go(func() error { return fault.Catch(f) }) }

// Wait waits for all, and returns the first error.
func (g *Group) Wait() error { return g.group.Wait() }

// All is a sync.WaitGroup whose Wait panics as the first of its goroutines did.
type All struct {
	all   sync.WaitGroup
	mu    sync.Mutex
	cause error
}

// Go runs f beside the caller.
func (a *All) Go(f func()) {
	a.all.Go(func() {
		err := fault.Catch(func() error { f(); return nil })
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.cause == nil {
			a.cause = err
		}
	})
}

func (a *All) Wait() {
	a.all.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cause != nil {
		panic(a.cause)
	}
}
