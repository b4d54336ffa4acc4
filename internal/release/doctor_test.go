package release

import (
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/address"
)

// TestPackagePages names the pages of GitHub's packages, the release's own among them, and none of other registries.
func TestPackagePages(t *testing.T) {
	page := func(image string) string {
		const at = "/you/packages/container/"
		return "https://github.com/users" + at + image + "/settings (of an organisation: https://github.com/orgs" + at +
			image + "/settings)"
	}
	for registries, want := range map[string][]string{
		"ghcr.io/you":              {page("mastodon"), page("mine-release")},
		"docker.io/you":            nil,
		"127.0.0.1:5050":           nil,
		"quay.io/you":              nil,
		"registry.example/ghcr.io": nil,
	} {
		r, err := address.Parse(registries)
		if err != nil {
			t.Fatal(err)
		}
		s := Store{Settings: Settings{Name: "mine", Images: []string{"mastodon"}, Registries: []address.Registry{r}}}
		if got := s.PackagePages(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", registries, got, want)
		}
	}
}
