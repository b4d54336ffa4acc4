package apply

import (
	"context"
	"errors"
	"testing"
)

// TestLazy: a value is computed once; after an error it is computed again.
func TestLazy(t *testing.T) {
	var l lazy[string, int]
	asked := 0
	for _, want := range []error{errNoBase, nil, nil} {
		v, err := l.get(t.Context(), "key", func(context.Context) (int, error) { asked++; return asked, want })
		if !errors.Is(err, want) || err == nil && v != 2 {
			t.Errorf("%d, %v, want 2, %v", v, err, want)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times, want 2", asked)
	}
}
