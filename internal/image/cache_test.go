package image

import (
	"strings"
	"testing"

	"github.com/moby/buildkit/client"
	"github.com/opencontainers/go-digest"
)

// TestCacheEntries: each image and platform has a scope of its own; without rights to write there is no export.
func TestCacheEntries(t *testing.T) {
	for _, c := range []struct {
		name  string
		cache Cache
		key   string
		read  string
		dest  string
	}{
		{"registry", Cache{"registry", map[string]string{"ref": "127.0.0.1:5000/a/b-cache"}, true}, "ref",
			"127.0.0.1:5000/a/b-cache:web-linux-arm64", ""},
		{"registry with a tag", Cache{"registry", map[string]string{"ref": "ghcr.io/a/b:main"}, true}, "ref",
			"ghcr.io/a/b:main-web-linux-arm64", ""},
		{"folder", Cache{"local", map[string]string{"dest": "/c"}, true}, "src",
			"/c/web-linux-arm64", "/c/web-linux-arm64"},
		{"bucket", Cache{"s3", map[string]string{"bucket": "x"}, true}, "name", "web-linux-arm64", ""},
		{"actions", Cache{"gha", map[string]string{"scope": "x"}, true}, "scope", "x-web-linux-arm64", ""},
	} {
		from, to := c.cache.entries("web", "linux/arm64")
		if len(from) != 1 || len(to) != 1 || from[0].Attrs[c.key] != c.read || to[0].Attrs["dest"] != c.dest {
			t.Errorf("%s: from %v to %v", c.name, from, to)
			continue
		}
		for _, key := range []string{"mode", "compression", "image-manifest", "oci-mediatypes", "ignore-error"} {
			if to[0].Attrs[key] != cacheForm[key] {
				t.Errorf("%s: %s is %q", c.name, key, to[0].Attrs[key])
			}
		}
		c.cache.Write = false
		if from, to := c.cache.entries("web", "linux/arm64"); len(from) != 1 || to != nil {
			t.Errorf("%s, only read: from %v to %v", c.name, from, to)
		}
	}
	if from, to := (Cache{}).entries("web", "linux/arm64"); from != nil || to != nil {
		t.Errorf("none: from %v to %v", from, to)
	}
	own := Cache{"registry", map[string]string{"ref": "h/a", "mode": "min"}, true}
	if _, to := own.entries("web", "linux/arm64"); to[0].Attrs["mode"] != "min" {
		t.Errorf("what the address says of itself is lost: %v", to)
	}
	if !ofCache("[web linux/amd64] exporting cache to registry") || ofCache("[1/2] RUN make") {
		t.Error("steps of caches are not told from those of the build")
	}
}

// TestNoCacheYet shows nothing wrong where a cache is looked for that is not there, and warns of one that cannot be
// read.
func TestNoCacheYet(t *testing.T) {
	for said, wrong := range map[string]bool{
		"failed to configure registry cache importer: 127.0.0.1:5000/a/b-cache:web: not found":            false,
		"failed to configure registry cache importer: unexpected status from HEAD request: 403 Forbidden": true,
	} {
		v := &client.Vertex{Digest: digest.FromString(said), Error: said,
			Name: "importing cache manifest from 127.0.0.1:5000/a/b-cache:web"}
		w := newWatch(nil)
		w.note("web", &client.SolveStatus{Vertexes: []*client.Vertex{v}})
		if shown := v.Error != ""; shown != wrong {
			t.Errorf("%s: shown as wrong: %t", said, shown)
		}
		if warnings := w.cacheWarnings(); (len(warnings) == 1 && strings.Contains(warnings[0], said)) != wrong {
			t.Errorf("%s: warnings %q", said, warnings)
		}
	}
}
