package inspect_test

import (
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"github.com/howdah/howdah/internal/inspect"
)

// TestNamedSecrets: an image is refused for what is called, or looks like, a secret in its variables, labels and
// history, and the finding does not repeat it.
func TestNamedSecrets(t *testing.T) {
	cfg := config("SECRET_KEY_BASE=0123456789abcdef", "MIRROR=https://u:pw@mirror.example/",
		"RAILS_SERVE_STATIC_FILES=true", "VAPID_PUBLIC_KEY=abc", "DB_PASS=")
	cfg.Labels["note"] = "see https://h.example/?access_token=abc"
	img := build(t, cfg, layer(t, base...), layer(t, web...))
	img, err := mutate.Append(img,
		mutate.Addendum{Layer: layer(t, "tmp-a 644 x"),
			History: v1.History{CreatedBy: "RUN |1 NPM_TOKEN=abcdefgh /bin/sh -c npm install"}},
		mutate.Addendum{Layer: layer(t, "tmp-b 644 x"),
			History: v1.History{CreatedBy: "RUN curl -H 'Authorization: Bearer abcdefgh' https://h.example"}},
		mutate.Addendum{Layer: layer(t, "tmp-c 644 x"),
			History: v1.History{CreatedBy: `RUN SECRET_KEY_BASE_DUMMY=1 NPM_TOKEN="$(cat /run/secrets/npm)" ` +
				`bundle exec rails assets:precompile`}},
	)
	if err != nil {
		t.Fatal(err)
	}
	got := findings(t, img, rules(inspect.Web))
	want := []string{
		"secret: the variable SECRET_KEY_BASE is named as a secret, or holds one",
		"secret: the variable MIRROR is named as a secret, or holds one",
		"secret: the label note holds a credential",
		"secret: command 3 of the history sets a secret, or holds one",
		"secret: command 4 of the history sets a secret, or holds one",
	}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
