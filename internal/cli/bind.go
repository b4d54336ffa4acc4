package cli

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

type targetWork func(context.Context, *session.Session, target.Options) error

// binding is a target and the function that runs it.
type binding struct {
	target target.Target
	work   targetWork
	// writes a mistake in the options into the result of a target with Reports
	mistake func(*session.Session, error) error
}

// byTarget indexes bindings by the names of their targets.
func byTarget(list []binding) map[string]binding {
	out := make(map[string]binding, len(list))
	for _, b := range list {
		out[b.target.Name] = b
	}
	return out
}

// workOf returns an error for a target without a binding; TestEveryTargetHasWork finds such a target first.
func workOf(t target.Target) (targetWork, error) {
	b, ok := byTarget(bindings)[t.Name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", t.Name, errUnbound)
	}
	return b.work, nil
}
