package image_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/image"
)

// cacheRegistry is a registry on loopback that counts the bytes which are sent to it, and can refuse all writing.
type cacheRegistry struct {
	*httptest.Server
	sent   atomic.Int64
	closed atomic.Bool
}

func newCacheRegistry(t *testing.T) *cacheRegistry {
	t.Helper()
	r := &cacheRegistry{}
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if r.closed.Load() && q.Method != http.MethodGet && q.Method != http.MethodHead {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		r.sent.Add(max(0, q.ContentLength))
		inner.ServeHTTP(w, q)
	}))
	t.Cleanup(r.Close)
	return r
}

// TestCacheBetweenBuilders: a builder that has nothing takes the steps from the cache, what is built is the same, only
// what is new is sent; a cache that cannot be written or read is a warning.
func TestCacheBetweenBuilders(t *testing.T) {
	openBuilder(t) // skips where there is none
	store := newCacheRegistry(t)
	spec := stepSpec(t, `RUN ["/step", "write", "/x", "one"]`, `RUN ["/step", "write", "/y", "two"]`)
	ref := strings.TrimPrefix(store.URL, "http://") + "/mine/x-cache"
	build := func(cache image.Cache) (image.Result, int) {
		t.Helper()
		b := builder.New(builder.Settings{Builder: "embedded", Dir: buildkitDir(t), Tools: "../../tools/go.mod", Say: t.Logf})
		defer b.Close()
		s := spec
		s.Cache = cache
		result, err := image.BuildOne(t.Context(), b, s, filepath.Join(t.TempDir(), "layout"), image.Progress{})
		if err != nil {
			t.Fatal(err)
		}
		ran := 0
		for _, step := range result.Steps {
			if !step.Cached && step.Took > 0 && strings.Contains(step.Name, "RUN") {
				ran++
			}
		}
		t.Logf("%d RUN steps ran, %d bytes sent so far, warnings %q", ran, store.sent.Load(), result.Warnings)
		return result, ran
	}
	at := image.Cache{Type: "registry", Attrs: map[string]string{"ref": ref}, Write: true}
	first, ran := build(at)
	if ran != 2 || store.sent.Load() == 0 || len(first.Warnings) > 0 {
		t.Errorf("cold: %d steps ran, warnings %q", ran, first.Warnings)
	}
	cold := store.sent.Load()
	again, ran := build(at)
	if ran != 0 || again.Digest != first.Digest || len(again.Warnings) > 0 {
		t.Errorf("warm: %d steps ran, %s was %s, warnings %q", ran, again.Digest, first.Digest, again.Warnings)
	}
	if more := store.sent.Load() - cold; more > cold/4 {
		t.Errorf("%d bytes were sent again of %d", more, cold)
	}
	store.closed.Store(true)
	read := at
	read.Write = false
	if result, ran := build(read); ran != 0 || len(result.Warnings) > 0 {
		t.Errorf("only read: %d steps ran, warnings %q", ran, result.Warnings)
	}
	spec.Dockerfile.Data = append(spec.Dockerfile.Data, "RUN [\"/step\", \"write\", \"/z\", \"new\"]\n"...)
	if result, ran := build(at); ran != 1 || len(result.Warnings) != 1 {
		t.Errorf("refused: %d steps ran, warnings %q", ran, result.Warnings)
	}
	store.Close()
	if result, ran := build(at); ran != 3 || len(result.Warnings) == 0 {
		t.Errorf("out of reach: %d steps ran, warnings %q", ran, result.Warnings)
	}
}

// TestBaseThroughCache: a builder that takes a base's layers from the cache, where they are compressed otherwise, makes
// the same image as the one that had the base: a node pulls nothing again.
func TestBaseThroughCache(t *testing.T) {
	b := openBuilder(t) // skips where there is none
	base := stepSpec(t, `RUN ["/step", "write", "/of-the-base", "one"]`)
	base.Raw = true
	layout := filepath.Join(t.TempDir(), "base")
	if _, err := image.BuildOne(t.Context(), b, base, layout, image.Progress{}); err != nil {
		t.Fatal(err)
	}
	store := newCacheRegistry(t)
	spec := image.Spec{
		Name: "based", Platforms: []string{"linux/amd64"}, Bases: map[string]string{"base:1": layout}, Compress: image.Zstd,
		Dockerfile: frontend.Dockerfile{Name: "docker/based.Dockerfile",
			Data: []byte("FROM base:1\nRUN [\"/step\", \"write\", \"/y\", \"two\"]\n")},
		Cache: image.Cache{Type: "registry", Write: true,
			Attrs: map[string]string{"ref": strings.TrimPrefix(store.URL, "http://") + "/mine/based-cache"}},
	}
	var digests []string
	for range 2 {
		fresh := openBuilder(t)
		result, err := image.BuildOne(t.Context(), fresh, spec, filepath.Join(t.TempDir(), "layout"), image.Progress{})
		if err != nil || len(result.Warnings) > 0 {
			t.Fatalf("%v, warnings %q", err, result.Warnings)
		}
		digests = append(digests, result.Digest)
	}
	if digests[0] != digests[1] {
		t.Errorf("the image is %s, from the cache %s", digests[0], digests[1])
	}
}
