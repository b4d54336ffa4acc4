package process

import (
	"context"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/secret"
)

// knows is a keeper with one secret.
type knows string

func (knows) Add(...string)                          {}
func (knows) Mask(text string) string                { return text }
func (k knows) Holds(text string) bool               { return strings.Contains(text, string(k)) }
func (knows) Follow(func([]string)) func()           { return func() {} }
func (k knows) context(t *testing.T) context.Context { return secret.With(t.Context(), k) }

// TestCommand: a program with a secret among its arguments does not start; one without does.
func TestCommand(t *testing.T) {
	ctx := knows("s3cret").context(t)
	for _, args := range [][]string{{"-c", "echo s3cret"}, {"-c", "echo", "s3cret"}, {"-c", "echo", "x=s3cret;"}} {
		out, err := Command(ctx, "sh", args...).CombinedOutput()
		if err == nil || len(out) > 0 || !strings.Contains(err.Error(), "sh holds a secret") ||
			strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %q, %v", args, out, err)
		}
	}
	cmd := Command(ctx, "sh", "-c", `echo "$0" "$WORD"`, "secret")
	cmd.Env = append(cmd.Environ(), "WORD=s3cret") // an environment is its user's
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "secret s3cret\n" {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := Command(t.Context(), "sh", "-c", "echo s3cret").CombinedOutput(); err != nil {
		t.Errorf("%q, %v", out, err)
	}
}
