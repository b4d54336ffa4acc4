package cli

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

type targetWork func(context.Context, *session.Session, target.Options) error

// binding ties a target to its work.
type binding struct {
	target target.Target
	work   targetWork
	// mistake reports a mistake in the options of a target whose result others read.
	mistake func(*session.Session, error) error
}

// byTarget are bindings by the names of their targets.
func byTarget(list []binding) map[string]binding {
	out := make(map[string]binding, len(list))
	for _, b := range list {
		out[b.target.Name] = b
	}
	return out
}

// workOf fails for a target that no list of bindings.go has: TestEveryTargetHasWork finds it before a person does.
func workOf(t target.Target) (targetWork, error) {
	b, ok := byTarget(bindings)[t.Name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", t.Name, errUnbound)
	}
	return b.work, nil
}
