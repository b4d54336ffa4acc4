package cli

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

// targetWork is what a target does.
type targetWork func(context.Context, *session.Session, target.Options) error

// binding ties a target to its work.
type binding struct {
	target target.Target
	work   targetWork
	// mistake reports a mistake in the options of a target whose result others read.
	mistake func(*session.Session, error) error
}

// workOf finds a target's work.
func workOf(t target.Target) (targetWork, error) {
	for _, b := range bindings {
		if b.target.Name == t.Name {
			return b.work, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", t.Name, errUnbound)
}
