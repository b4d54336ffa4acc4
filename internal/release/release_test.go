package release

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	ggcr "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"go.uber.org/goleak"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/loopback"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	rt "github.com/howdah/howdah/internal/registrytest"
	"github.com/howdah/howdah/internal/stamp"
)

func TestMain(m *testing.M) {
	if os.Getenv("HOWDAH_TEST_RELEASE") != "" {
		os.Exit(releaseOnce())
	}
	debug.SetGCPercent(400) // thousands of small releases: a quarter of the time would go into collecting
	debug.SetMemoryLimit(512 << 20)
	// distribution's, one a server
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/docker/go-events.(*Broadcaster).run"))
}

var day = time.Date(2026, 4, 30, 16, 45, 1, 0, time.UTC)

// site is a distribution with registries of its own.
type site struct {
	t      *testing.T
	set    Settings
	client *registry.Client
	now    time.Time
	images []Image
	cand   Proposal
	accept Accept
	hooks  Hooks
}

// newSite has two images and the registries given, all on loopback.
func newSite(t *testing.T, addresses ...string) *site {
	t.Helper()
	s := &site{t: t, now: day, set: Settings{Name: "mini", Images: []string{"mastodon", "mastodon-streaming"},
		Moving: []string{"edge"}, Public: true, Dist: t.TempDir(), Cache: t.TempDir()}}
	for _, a := range addresses {
		r, err := address.Parse(a + "/owner")
		if err != nil {
			t.Fatal(err)
		}
		s.set.Registries = append(s.set.Registries, r)
	}
	s.client = newClient(t)
	s.images = []Image{build(t, "mastodon"), build(t, "mastodon-streaming")}
	s.upstream("7cf9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	return s
}

// storeOf is a store of settings, with a client.
func storeOf(c *registry.Client, s Settings) Store { return Store{s, c} }

func newClient(t *testing.T) *registry.Client {
	c := registry.New(registry.Options{Idle: 3 * time.Second, Tries: 4,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	t.Cleanup(c.Close)
	return c
}

// upstream makes the candidate one of another pin.
func (s *site) upstream(commit, version string) {
	v, err := stamp.Parse(version)
	if err != nil {
		panic(err)
	}
	s.cand = Proposal{
		Stamp: stamp.Stamp{Name: "mini", Version: v, Pin: commit, Created: day.Add(-time.Hour),
			Patched: strings.Repeat("ab", 20), Tree: strings.Repeat("cd", 20),
			Source: "https://github.com/owner/howdah", Push: "https://github.com/owner/mastodon.git",
			Images: map[string]stamp.Image{"mastodon": {Role: "web"}, "mastodon-streaming": {Role: "streaming"}}},
		Upstream: record.Upstream{URL: "https://github.com/mastodon/mastodon.git", Ref: "main", Commit: commit,
			Version: version,
			Schema:  "20260420000000"},
		Accepted: v, Migrations: []string{"db/migrate/1_a.rb", "db/migrate/2_b.rb"}, Tree: strings.Repeat("cd", 20),
		Commit: strings.Repeat("ab", 20),
		Images: map[string]string{"mastodon": "sha256:" + strings.Repeat("1", 64),
			"mastodon-streaming": "sha256:" + strings.Repeat("2", 64)}, Packages: "2026-04-30",
	}
}

// build writes an image as a builder would.
func build(t *testing.T, name string) Image { return buildFor(t, name, "amd64") }

func buildFor(t *testing.T, name, arch string) Image {
	t.Helper()
	layers := make([]v1.Layer, 3)
	for i := range layers {
		data := make([]byte, 40<<10) // as it is: to compress thousands of them took a tenth of the tests' time
		if _, err := rand.Read(data); err != nil {
			t.Fatal(err)
		}
		layers[i] = static.NewLayer(data, types.OCILayer)
	}
	img, err := mutate.AppendLayers(empty.Image, layers...)
	if err != nil {
		t.Fatal(err)
	}
	img, err = mutate.Config(mutate.MediaType(img, types.OCIManifestSchema1),
		v1.Config{Env: []string{"PATH=/bin", "MASTODON_VERSION_METADATA=old"}})
	if err != nil {
		t.Fatal(err)
	}
	index := mutate.IndexMediaType(mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex),
		mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}}}),
		types.OCIImageIndex)
	dir := t.TempDir()
	p, err := layout.Write(dir, empty.Index)
	if err == nil {
		err = p.AppendIndex(index)
	}
	if err != nil {
		t.Fatal(err)
	}
	digest, err := index.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return Image{Name: name, Layout: dir, Digest: digest.String(), Platforms: []string{"linux/" + arch}}
}

// release does what the pipeline does.
func (s *site) release(ctx context.Context) (*Result, error) {
	s.now = s.now.Add(time.Minute)
	k, err := storeOf(s.client, s.set).Read(ctx)
	if err != nil {
		return &Result{State: Failed}, err
	}
	p, err := storeOf(s.client, s.set).Prepare(ctx, k, s.cand, PrepareOptions{Accept: s.accept, Now: s.now})
	if err != nil {
		return &Result{State: Failed}, err
	}
	return storeOf(s.client, s.set).Publish(ctx, p, s.images, s.hooks)
}

var lock sync.Mutex

func (s *site) mu() *sync.Mutex { return &lock }

// must releases and expects a state.
func (s *site) must(state string) *Result {
	s.t.Helper()
	res, err := s.release(s.t.Context())
	if err != nil || res.State != state {
		s.t.Fatalf("state %q, want %q: %v\n%+v", res.State, state, err, res.Registries)
	}
	return res
}

// tags gives what every tag of a registry stands for, by IMAGE:TAG.
func (s *site) tags(r address.Registry) map[string]string {
	s.t.Helper()
	out := map[string]string{}
	c := newClient(s.t)
	for _, image := range append(slices.Clone(s.set.Images), s.set.artifact()) {
		repo, err := c.Repo(r, image)
		if err != nil {
			s.t.Fatal(err)
		}
		names, err := repo.Tags(context.Background())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, n := range names {
			m, found, err := repo.Get(context.Background(), n)
			if err != nil || !found {
				s.t.Fatal(n, err)
			}
			out[image+":"+n] = m.Digest.String()
		}
	}
	return out
}

// whole fails unless every tag of every registry stands for images that can be pulled whole, and edge for the release.
func (s *site) whole(rec *record.Record) {
	s.t.Helper()
	c := newClient(s.t)
	for _, r := range s.set.Registries {
		at := func(image, tag string) string {
			repo, err := c.Repo(r, image)
			if err != nil {
				s.t.Fatal(err)
			}
			digest, _, err := repo.Head(context.Background(), tag)
			if err != nil {
				s.t.Fatal(err)
			}
			return digest
		}
		for _, i := range rec.Images {
			for _, t := range append([]string{rec.Tag}, rec.Moving...) {
				if got := at(i.Name, t); got != i.Digest {
					s.t.Errorf("%s: %s:%s is %s, want %s", r, i.Name, t, got, i.Digest)
				}
			}
			s.pull(c, r, i.Name, i.Digest)
		}
		if a := at(s.set.artifact(), rec.Tag); a == "" || a != at(s.set.artifact(), currentTag) {
			s.t.Errorf("%s: record %q, current %q", r, a, at(s.set.artifact(), currentTag))
		}
	}
}

// pull fails if a digest cannot be pulled whole.
func (s *site) pull(c *registry.Client, r address.Registry, image, digest string) {
	s.t.Helper()
	repo, err := c.Repo(r, image)
	if err != nil {
		s.t.Fatal(err)
	}
	index, err := repo.Index(context.Background(), digest)
	if err != nil {
		s.t.Errorf("%s/%s@%s: %v", r, image, digest, err)
		return
	}
	content, err := content.Gather(index, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := c.Verify(context.Background(), r, registry.Delivery{Image: image, Content: content}, nil); err != nil {
		s.t.Errorf("%s/%s@%s: %v", r, image, digest, err)
	}
}

// pullable fails if any tag repositories, or with that in its name, stands for something that cannot be pulled whole.
func (s *site) pullable(with ...string) {
	s.t.Helper()
	c := newClient(s.t)
	for _, r := range s.set.Registries {
		for tag, digest := range s.tags(r) {
			if image, _, _ := strings.Cut(tag, ":"); image != s.set.artifact() &&
				(len(with) == 0 || strings.Contains(tag, with[0])) {
				s.pull(c, r, image, digest)
			}
		}
	}
}

func serve(t *testing.T) string {
	t.Helper()
	s, err := loopback.Start(t.Context(), t.TempDir(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s.Address()
}

// strict serves a registry in memory that follows OCI 1.1 strictly. A release there takes a quarter of the time of one
// at distribution's library, which keeps its store on disk: that is for the tests of the kinds of registries.
func strict(t *testing.T) string {
	t.Helper()
	return rt.NewStore().Serve(t)
}

// memory serves go-containerregistry's registry: it is quick, and takes manifests without their blobs.
func memory(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(ggcr.New(ggcr.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

func TestRelease(t *testing.T) {
	for name, start := range map[string]func(*testing.T) string{"memory": memory, "distribution": serve,
		"debian": rt.Debian} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name == "distribution" {
				t.Skip("distribution's library is the second registry of the others")
			}
			testRelease(t, start)
		})
	}
}

func testRelease(t *testing.T, start func(*testing.T) string) {
	s := newSite(t, start(t), serve(t))
	var branch string
	s.hooks.Source = func(_ context.Context, b string) error { branch = b; return nil }
	res := s.must(Done)
	rec := res.Record
	s.whole(rec)
	if want := "20260430T164601Z-4.6.0-alpha.7-g7cf9e77d5-"; !strings.HasPrefix(rec.Tag, want) {
		t.Errorf("tag %q", rec.Tag)
	}
	if branch != "howdah/"+rec.Tag || rec.Source != branch {
		t.Errorf("branch %q, in the record %q", branch, rec.Source)
	}
	for _, f := range []string{"releases/" + rec.Tag + ".json", "kustomization.yaml"} {
		if _, err := os.Stat(filepath.Join(s.set.Dist, f)); err != nil {
			t.Error(err)
		}
	}

	again := s.must(Unchanged)
	if again.Record.Tag != rec.Tag {
		t.Errorf("unchanged is %q", again.Record.Tag)
	}

	s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	next := s.must(Done).Record
	s.whole(next)
	if got := s.tags(s.set.Registries[0])["mastodon:"+rec.Tag]; got != rec.Images[0].Digest {
		t.Errorf("the old release's tag is %q now", got)
	}
	st, err := storeOf(s.client, s.set).Status(t.Context(), "", true)
	if err != nil || st.State != Done {
		t.Errorf("status %+v, %v", st, err)
	}
}

// TestPulledByAnother copies a release out of the registry with skopeo, which checks every digest by itself.
func TestPulledByAnother(t *testing.T) {
	skopeo, err := exec.LookPath("skopeo")
	if err != nil {
		t.Skip("skipped: skopeo is not installed (apt-get install skopeo)")
	}
	s := newSite(t, serve(t))
	rec := s.must(Done).Record
	for _, i := range rec.Images {
		from := "docker://" + s.set.Registries[0].Name(i.Name) + ":edge"
		to := t.TempDir()
		raw, err := exec.CommandContext(t.Context(), skopeo, "inspect", "--raw", "--tls-verify=false", from).Output()
		if err != nil || fmt.Sprintf("sha256:%x", sha256.Sum256(raw)) != i.Digest {
			t.Errorf("skopeo reads another index: %v", err)
		}
		out, err := exec.CommandContext(t.Context(), skopeo, "copy", "--preserve-digests", "--insecure-policy",
			"--src-tls-verify=false", from, "dir:"+to).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		image, err := os.ReadFile(filepath.Join(to, "manifest.json"))
		if err != nil || !bytes.Contains(raw, fmt.Appendf(nil, "sha256:%x", sha256.Sum256(image))) {
			t.Errorf("skopeo copied another image: %v", err)
		}
	}
	from := "docker://" + s.set.Registries[0].Name(s.set.artifact()) + ":current"
	out, err := exec.CommandContext(t.Context(), skopeo, "inspect", "--raw", "--tls-verify=false", from).Output()
	if err != nil || !bytes.Contains(out, []byte(layerType)) {
		t.Errorf("%v: %s", err, out)
	}
}

// TestKustomization opens the record's layer as Flux does.
func TestKustomization(t *testing.T) {
	s := newSite(t, serve(t))
	res := s.must(Done)
	repo, err := s.client.Repo(s.set.Registries[0], s.set.artifact())
	if err != nil {
		t.Fatal(err)
	}
	got, err := readRecord(t.Context(), repo, currentTag)
	if err != nil || got.digest() != res.digest {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(got.Content.Blobs[1].Data))
	if err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(z)
	h, err := r.Next()
	if err != nil || h.Name != "kustomization.yaml" {
		t.Fatal(h, err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(s.set.Dist, "kustomization.yaml"))
	if err != nil || !bytes.Equal(file, data) {
		t.Errorf("the file and the layer differ: %v", err)
	}
	for _, i := range res.Record.Images {
		full := s.set.Registries[0].Name(i.Name)
		for _, want := range []string{"  - name: " + i.Name + "\n    newName: " + full + "\n    newTag: " + res.Record.Tag +
			"\n    digest: " + i.Digest, full + ":" + res.Record.Tag + "@" + i.Digest} {
			if !strings.Contains(string(data), want) {
				t.Errorf("%q is not in\n%s", want, data)
			}
		}
	}
	again, err := artifactOf(s.set, res.Record)
	if err != nil || again.Digest().String() != res.digest {
		t.Errorf("the same record makes %s, not %s: %v", again.Digest(), res.digest, err)
	}
}
