package ship

import (
	"context"
	"sync"

	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/term"
)

// hooks returns what is done in the course of publishing: the gates before any tag moves, the push of the patched
// source before any image's tag.
func (o *publisher) hooks(verify func(context.Context) error,
	source func(context.Context, string) error) (release.Hooks, func(error)) {
	var mu sync.Mutex
	var open *term.Stage
	closeOpen := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		o.watch.show(nil)
		if open != nil {
			if err != nil {
				open.Fail()
			} else {
				open.End("%s", o.watch.said())
			}
			open = nil
		}
	}
	return release.Hooks{
		Verify: verify, Source: source,
		Stage: func(name string) {
			closeOpen(nil)
			mu.Lock()
			defer mu.Unlock()
			open = o.s.Story.Stage(name)
			o.watch.show(open)
		},
	}, closeOpen
}
