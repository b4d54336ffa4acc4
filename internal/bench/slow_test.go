package bench

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	rt "github.com/howdah/howdah/internal/registrytest"
)

// latency is how far away the registries are.
const latency = 25 * time.Millisecond

// slowRegistry is a registry on loopback that takes its time before each answer.
type slowRegistry struct {
	store    *rt.Store
	server   *httptest.Server
	requests atomic.Int64
}

func newSlowRegistry(tb testing.TB) *slowRegistry {
	s := &slowRegistry{store: rt.NewStore()}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		time.Sleep(latency)
		s.store.ServeHTTP(w, r)
	}))
	tb.Cleanup(s.server.Close)
	return s
}

func addresses(registries []*slowRegistry) (out []string) {
	for _, r := range registries {
		out = append(out, strings.TrimPrefix(r.server.URL, "http://"))
	}
	return out
}

var platforms = []string{"linux/amd64", "linux/arm64"}

// madeImages are layouts of Mastodon's shape: web with twelve layers for each of two platforms, streaming with five;
// 184 MB.
func madeImages(tb testing.TB) map[string]string {
	return map[string]string{"mastodon": made(tb, 12, 6<<20), "mastodon-streaming": made(tb, 5, 4<<20)}
}

func made(tb testing.TB, layers, size int) string {
	tb.Helper()
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for i := range platforms {
		img := mutate.MediaType(mutate.ConfigMediaType(empty.Image, types.OCIConfigJSON), types.OCIManifestSchema1)
		for range layers {
			data := make([]byte, size)
			if _, err := rand.Read(data); err != nil {
				tb.Fatal(err)
			}
			var err error
			if img, err = mutate.AppendLayers(img, static.NewLayer(data, types.OCILayer)); err != nil {
				tb.Fatal(err)
			}
		}
		index = withImage(index, img, i)
	}
	return written(tb, index)
}

func withImage(index v1.ImageIndex, img v1.Image, platform int) v1.ImageIndex {
	_, arch, _ := strings.Cut(platforms[platform], "/")
	return mutate.AppendManifests(index,
		mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}}})
}

// changed is a layout whose images have the same layers and another configuration: the next release.
func changed(tb testing.TB, dir string) string {
	tb.Helper()
	root, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		tb.Fatal(err)
	}
	m, err := root.IndexManifest()
	if err != nil {
		tb.Fatal(err)
	}
	old, err := root.ImageIndex(m.Manifests[0].Digest)
	if err != nil {
		tb.Fatal(err)
	}
	if m, err = old.IndexManifest(); err != nil {
		tb.Fatal(err)
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for i, d := range m.Manifests {
		img, err := old.Image(d.Digest)
		if err == nil {
			img, err = mutate.Config(img, v1.Config{Env: []string{fmt.Sprintf("RELEASE=%s", tb.Name())}})
		}
		if err != nil {
			tb.Fatal(err)
		}
		index = withImage(index, img, i)
	}
	return written(tb, index)
}

func written(tb testing.TB, index v1.ImageIndex) string {
	tb.Helper()
	dir := tb.TempDir()
	p, err := layout.Write(dir, empty.Index)
	if err == nil {
		err = p.AppendIndex(index)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return dir
}

// digestOf is the digest of the only index in a layout.
func digestOf(tb testing.TB, dir string) string {
	tb.Helper()
	root, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		tb.Fatal(err)
	}
	m, err := root.IndexManifest()
	if err != nil {
		tb.Fatal(err)
	}
	return m.Manifests[0].Digest.String()
}
