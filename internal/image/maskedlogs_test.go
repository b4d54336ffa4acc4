package image_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/term"
)

// TestStepsPrintSecrets builds an image with a step that prints the secret that is mounted into it, in parts, and a
// private key that nobody knew: BuildKit's log has neither, nor has the report on the step that fails.
func TestStepsPrintSecrets(t *testing.T) {
	b := openBuilder(t)
	const canary = "c4n4ry-that-is-printed"
	s := stepSpec(t, `RUN --mount=type=secret,id=token ["/step", "tell", "token"]`)
	s.Secrets = map[string][]byte{"token": []byte(canary)}
	var log bytes.Buffer
	ctx := secret.With(t.Context(), term.NewSecrets())
	_, err := image.BuildOne(ctx, b, s, filepath.Join(t.TempDir(), "layout"), image.Progress{Out: &log})
	if err == nil {
		t.Fatal("the step does not fail")
	}
	for what, text := range map[string]string{"the log": log.String(), "the error": err.Error()} {
		for _, part := range []string{canary, canary[:11], canary[11:], "a2V5LW9m"} {
			if strings.Contains(text, part) {
				t.Errorf("%s has %q:\n%s", what, part, text)
			}
		}
		if strings.Count(text, "it is *** indeed") < 2 {
			t.Errorf("%s does not show the step's two lines:\n%s", what, text)
		}
	}
}
