package build

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/credential"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/term"
)

// A run that may push to the registry writes the build cache there. A run that may not, such as a stranger's pull
// request, reads it and says so; a registry that is out of reach is the same. A cache in a folder needs no right.
func TestCacheIsWrittenByRight(t *testing.T) {
	inner := registry.New()
	var refused int // the status of whatever would write; 0 is none
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refused != 0 && r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, `{"errors":[{"code":"DENIED"}]}`, refused)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	for _, c := range []struct {
		what    string
		cache   config.BuildCache
		refused int
		down    bool
		ref     string
		write   bool
	}{
		{what: "with the right", cache: config.BuildCache{Registry: true}, ref: host + "/me/mine-cache", write: true},
		{what: "without", cache: config.BuildCache{Registry: true}, refused: 403, ref: host + "/me/mine-cache"},
		{what: "without a login", cache: config.BuildCache{Registry: true}, refused: 401, ref: host + "/me/mine-cache"},
		{what: "another registry, without", refused: 403, ref: host + "/other/cache",
			cache: config.BuildCache{Type: "registry", Attrs: map[string]string{"ref": host + "/other/cache"}}},
		{what: "a folder", refused: 403, cache: config.BuildCache{Type: "local", Attrs: map[string]string{"dest": "/x"}},
			write: true},
		{what: "out of reach", cache: config.BuildCache{Registry: true}, down: true, ref: host + "/me/mine-cache"},
	} {
		if refused = c.refused; c.down {
			server.Close()
		}
		var out, story bytes.Buffer
		s := &session.Session{
			Config: &config.Config{Name: "mine", Publish: config.Publish{Required: []string{host + "/me"}},
				Build: config.Build{Cache: c.cache}},
			Term:        term.Plain(&out, &story, true, term.NewSecrets()),
			Credentials: credential.New(func(string) string { return "" }, func(string) {}),
		}
		got := cacheOf(t.Context(), s)
		if got.Write != c.write || got.Attrs["ref"] != c.ref {
			t.Errorf("%s: %+v, want ref %q, written %t", c.what, got, c.ref, c.write)
		}
		if said := strings.Contains(story.String(), "is read but not written"); said == c.write {
			t.Errorf("%s: written %t, and it says %q", c.what, c.write, story.String())
		}
	}
}
