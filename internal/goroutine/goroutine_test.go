package goroutine_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
)

var errOf = errors.New("an error")

// isBug tells whether an error is a panic's, with the place where it happened.
func isBug(t *testing.T, err error) {
	t.Helper()
	var bug *fault.Error
	if !errors.As(err, &bug) || fault.CodeOf(err) != fault.Other {
		t.Fatalf("%v is no error of exit code 1", err)
	}
	if text := err.Error(); strings.Count(text, "at a bug of its own: broken") != 1 ||
		!strings.Contains(text, "goroutine_test.go:") {
		t.Errorf("the error does not say once what broke, and where:\n%s", text)
	}
}

func broken() { panic("broken") }

func TestStart(t *testing.T) {
	if err := <-goroutine.Start(func() error { return nil }); err != nil {
		t.Error(err)
	}
	if err := <-goroutine.Start(func() error { return errOf }); !errors.Is(err, errOf) {
		t.Error(err)
	}
	isBug(t, <-goroutine.Start(func() error { broken(); return nil }))
}

// TestGroup lets one of a group panic: the context of the others is cancelled, and Wait returns the panic.
func TestGroup(t *testing.T) {
	group, ctx := goroutine.WithContext(t.Context())
	group.Go(func() error { <-ctx.Done(); return ctx.Err() })
	group.Go(func() error { broken(); return nil })
	isBug(t, group.Wait())
	plain := goroutine.NewGroup()
	plain.SetLimit(1)
	for range 3 {
		plain.Go(func() error { return errOf })
	}
	if err := plain.Wait(); !errors.Is(err, errOf) {
		t.Error(err)
	}
}

// TestAll lets one of several panic, within a group: the others end, and the panic goes up to the group's Wait.
func TestAll(t *testing.T) {
	outer, done := goroutine.NewGroup(), make(chan int, 3)
	outer.Go(func() error {
		var all goroutine.All
		for i := range 3 {
			all.Go(func() {
				defer func() { done <- i }()
				if i == 1 {
					broken()
				}
			})
		}
		all.Wait()
		return context.Canceled
	})
	isBug(t, outer.Wait())
	if len(done) != 3 {
		t.Errorf("%d of 3 ended", len(done))
	}
	var none goroutine.All
	none.Go(func() {})
	none.Wait()
}
