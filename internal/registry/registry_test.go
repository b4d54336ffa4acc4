package registry

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	ggcr "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"go.uber.org/goleak"

	"io"
	"log"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/loopback"
	rt "github.com/howdah/howdah/internal/registrytest"
)

func TestMain(m *testing.M) {
	// distribution's, one a server
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/docker/go-events.(*Broadcaster).run"))
}

// impatient makes waiting cost no time; what was waited for is counted.
type impatient struct {
	mu    sync.Mutex
	slept []time.Duration
}

func (i *impatient) sleep(ctx context.Context, d time.Duration) error {
	i.mu.Lock()
	i.slept = append(i.slept, d)
	i.mu.Unlock()
	return ctx.Err()
}

func (i *impatient) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.slept)
}

func newClient(t *testing.T, opt Options) *Client {
	t.Helper()
	if opt.Sleep == nil {
		opt.Sleep = (&impatient{}).sleep
	}
	if opt.Idle == 0 {
		opt.Idle = 3 * time.Second
	}
	c := New(opt)
	t.Cleanup(c.Close)
	return c
}

// kinds are the registries that every test of behaviour runs on.
var kinds = map[string]func(t *testing.T) string{
	"memory":       memory,
	"distribution": distributed,
	"debian":       rt.Debian,
}

// memory is go-containerregistry's: it takes manifests without their blobs.
func memory(t *testing.T) string {
	return serve(t, ggcr.New(ggcr.Logger(log.New(io.Discard, "", 0))))
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// distributed is our own, on loopback.
func distributed(t *testing.T) string {
	t.Helper()
	s, err := loopback.Start(t.Context(), t.TempDir(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s.Address()
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func parse(t *testing.T, text string) address.Registry {
	t.Helper()
	r, err := address.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// built writes an index of two images that share their layers to a layout, as a builder would.
func built(t *testing.T, layers int, size int64) (content.Layout, content.Content) {
	t.Helper()
	img := must(random.Image(size, int64(layers)))
	img = mutate.MediaType(img, types.OCIManifestSchema1)
	other := must(mutate.Config(img, v1.Config{Env: []string{"ARCH=arm64"}}))
	index := mutate.IndexMediaType(mutate.AppendManifests(mutate.IndexMediaType(must(random.Index(0, 0, 0)),
		types.OCIImageIndex),
		mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "amd64"}}},
		mutate.IndexAddendum{Add: other,
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "arm64"}}}), types.OCIImageIndex)
	dir := t.TempDir()
	p := must(layout.Write(dir, must(random.Index(0, 0, 0))))
	if err := p.AppendIndex(index); err != nil {
		t.Fatal(err)
	}
	l := content.Layout{Dir: dir}
	read, err := l.Index(must(index.Digest()).String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := content.Gather(read, l)
	if err != nil {
		t.Fatal(err)
	}
	return l, c
}

func TestUploadAndVerify(t *testing.T) {
	for name, start := range kinds {
		t.Run(name, func(t *testing.T) {
			a, b := parse(t, start(t)+"/owner"), parse(t, start(t)+"/other/deep")
			steps := map[Step]int{}
			var mu sync.Mutex
			c := newClient(t, Options{Progress: func(e Event) {
				mu.Lock()
				steps[e.What]++
				mu.Unlock()
			}})
			_, content := built(t, 3, 700<<10)
			both := []Delivery{{"mastodon", content}, {"mastodon-streaming", content}}
			for r, err := range c.Upload(t.Context(), []address.Registry{a, b}, both) {
				if err != nil {
					t.Fatalf("%s: %v", r, err)
				}
			}
			blobs := 3 + 2 // layers and configs
			if steps[Uploaded] != 2*(blobs+2*3) || name != "memory" && steps[Mounted] != 2*blobs {
				t.Errorf("steps: %v", steps)
			}
			for _, r := range []address.Registry{a, b} {
				for _, d := range both {
					if err := c.Verify(t.Context(), r, d, nil); err != nil {
						t.Error(err)
					}
					repo := must(c.Repo(r, d.Image))
					if _, err := repo.Fix(t.Context(), "v1", content.Root()); err != nil {
						t.Error(err)
					}
					if tags, err := repo.Tags(t.Context()); err != nil || len(tags) != 1 || tags[0] != "v1" {
						t.Errorf("tags of %s: %v, %v", repo, tags, err)
					}
				}
			}
			clear(steps)
			for _, err := range c.Upload(t.Context(), []address.Registry{a, b}, both) {
				if err != nil {
					t.Error(err)
				}
			}
			if steps[Uploaded]+steps[Mounted]+steps[Sent] != 0 {
				t.Errorf("the second time: %v", steps)
			}
		})
	}
}
