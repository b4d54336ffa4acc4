package release

import (
	"archive/tar"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-containerregistry/pkg/crane"

	"github.com/howdah/howdah/internal/deployment"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
)

// upstreamCompose has the structure of Mastodon's docker-compose.yml: the same services, keys and forms.
const upstreamCompose = `
services:
  db:
    restart: always
    image: postgres:14-alpine
    networks: [internal_network]
    volumes: ['./postgres14:/var/lib/postgresql/data']
    environment: ['POSTGRES_HOST_AUTH_METHOD=trust']
  redis:
    image: redis:7-alpine
    networks: [internal_network]
  web:
    image: ghcr.io/mastodon/mastodon:v4.5.9
    restart: always
    env_file: .env.production
    command: bundle exec puma -C config/puma.rb
    networks: [external_network, internal_network]
    healthcheck:
      test: ['CMD-SHELL', "curl -s --noproxy localhost localhost:3000/health | grep -q 'OK' || exit 1"]
    ports: ['127.0.0.1:3000:3000']
    depends_on: [db, redis]
    volumes: ['./public/system:/mastodon/public/system']
  streaming:
    image: ghcr.io/mastodon/mastodon-streaming:v4.5.9
    restart: always
    env_file: .env.production
    command: node ./streaming/index.js
    networks: [external_network, internal_network]
    healthcheck:
      test: ['CMD-SHELL', "curl -s localhost:4000/api/v1/streaming/health | grep -q 'OK' || exit 1"]
    ports: ['127.0.0.1:4000:4000']
    depends_on: [db, redis]
  sidekiq:
    image: ghcr.io/mastodon/mastodon:v4.5.9
    restart: always
    env_file: .env.production
    command: bundle exec sidekiq
    networks: [external_network, internal_network]
    depends_on: [db, redis]
    volumes: ['./public/system:/mastodon/public/system']
networks:
  external_network:
  internal_network: {internal: true}
`

// merged is what Docker Compose makes of Mastodon's own file in a folder and an override beside it.
func merged(t *testing.T, dir string, override []byte) *types.Project {
	t.Helper()
	env := filepath.Join(dir, ".env.production")
	if err := os.WriteFile(env, []byte("LOCAL_DOMAIN=example.org\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	files := types.ToConfigFiles([]string{filepath.Join(dir, "docker-compose.yml"),
		filepath.Join(dir, "docker-compose.override.yml")})
	files[0].Content = []byte(upstreamCompose)
	if override == nil {
		files = files[:1]
	} else {
		files[1].Content = override
	}
	p, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{WorkingDir: dir, ConfigFiles: files},
		func(o *loader.Options) { o.SetProjectName("mastodon", true) })
	if err != nil {
		t.Fatalf("%v\n%s", err, override)
	}
	return p
}

// TestCompose merges the file of a release into Mastodon's own as Docker Compose does: the three services of the images
// have them by digest, and keep everything else.
func TestCompose(t *testing.T) {
	s := newSite(t, strict(t))
	first := s.must(Done).Record
	file := filepath.Join(s.set.Dist, deployment.ComposeFile)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	before, after := merged(t, dir, nil), merged(t, dir, data)
	health := after.Services["streaming"].HealthCheck.Test
	if want := append([]string{"CMD"}, deployment.StreamingHealth("4000")...); !slices.Equal(health, want) {
		t.Errorf("the health check of streaming is %q", health)
	}
	for service, image := range map[string]string{"web": "mastodon", "sidekiq": "mastodon",
		"streaming": "mastodon-streaming"} {
		i, _ := first.Image(image)
		want := s.set.Registries[0].Name(image) + ":" + first.Tag + "@" + i.Digest
		got := after.Services[service]
		if got.Image != want {
			t.Errorf("%s runs %s, not %s", service, got.Image, want)
		}
		was := before.Services[service]
		was.Image, got.Image = "", ""
		if service == "streaming" {
			was.HealthCheck, got.HealthCheck = nil, nil
		}
		if !reflect.DeepEqual(was, got) {
			t.Errorf("%s differs from Mastodon's own file in more than its image:\n%+v\n%+v", service, was, got)
		}
	}
	if len(after.Services) != len(before.Services) {
		t.Errorf("%d services, not %d", len(after.Services), len(before.Services))
	}
	if howdah, _ := after.Extensions["x-howdah"].(map[string]any); howdah["tag"] != first.Tag {
		t.Errorf("x-howdah is %v", after.Extensions)
	}
	s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	second := s.must(Done).Record
	store := storeOf(s.client, s.set)
	for _, c := range []struct {
		to     string
		before bool
		want   *record.Record
	}{{"", false, second}, {"", true, first}, {first.Tag, false, first}, {second.Tag, false, second}} {
		got, err := store.Compose(t.Context(), c.to, c.before)
		if err != nil || !bytes.Equal(got, s.set.compose(c.want)) {
			t.Errorf("to %q, before %v: %v\n%s", c.to, c.before, err, got)
		}
	}
	if data, err = os.ReadFile(file); err != nil || !bytes.Equal(data, s.set.compose(second)) {
		t.Errorf("dist/compose.yaml is not the newest release's: %v", err)
	}
	if _, err := store.Rollback(t.Context(), "", Accept{Reason: "tried"}, second.Released, false); err != nil {
		t.Fatal(err)
	}
	if data, err = os.ReadFile(file); err != nil || !bytes.Contains(data, []byte(first.Images[0].Digest)) {
		t.Errorf("after a rollback dist/compose.yaml has not the digests of the release before: %v\n%s", err, data)
	}
}

// TestStreamingHealth runs the health check of the streaming service, with Node.js, against a server that answers well,
// one that does not, and none.
func TestStreamingHealth(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("skipped: node is not installed (apt-get install nodejs)")
	}
	s := newSite(t, memory(t))
	data := s.set.compose(s.must(Done).Record)
	health := merged(t, t.TempDir(), data).Services["streaming"].HealthCheck.Test
	var status int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/streaming/health" {
			w.WriteHeader(status)
		}
	}))
	defer server.Close()
	run := func() error {
		script := strings.ReplaceAll(health[3], "http://127.0.0.1:4000", server.URL)
		return exec.CommandContext(t.Context(), node, health[2], script).Run()
	}
	if status = http.StatusOK; run() != nil {
		t.Errorf("a healthy server is found unhealthy by %q", health)
	}
	if status = http.StatusServiceUnavailable; run() == nil {
		t.Error("a server that answers 503 is found healthy")
	}
	server.Close()
	if run() == nil {
		t.Error("a server that is down is found healthy")
	}
}

// TestComposeInTheLayer reads compose.yaml from the registry as a server without Howdah does: crane export, tar.
func TestComposeInTheLayer(t *testing.T) {
	s := newSite(t, strict(t))
	rec := s.must(Done).Record
	img, err := crane.Pull(s.set.Registries[0].Name(s.set.artifact()) + ":" + rec.Tag)
	if err != nil {
		t.Fatal(err)
	}
	var layer bytes.Buffer
	if err := crane.Export(img, &layer); err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(&layer); ; {
		h, err := r.Next()
		if err != nil {
			t.Fatalf("no %s in the layer: %v", deployment.ComposeFile, err)
		}
		if h.Name != deployment.ComposeFile {
			continue
		}
		if data, err := io.ReadAll(r); err != nil || !bytes.Equal(data, s.set.compose(rec)) {
			t.Errorf("%v\n%s", err, data)
		}
		return
	}
}

// What no release can give is refused: before the first release, a tag that is none, a name that has changed since.
func TestComposeRefused(t *testing.T) {
	s := newSite(t, strict(t))
	if _, err := storeOf(s.client, s.set).Compose(t.Context(), "", false); fault.CodeOf(err) != fault.Usage {
		t.Errorf("before the first release: %v", err)
	}
	s.must(Done)
	for _, to := range []string{"nothing", "edge"} {
		if _, err := storeOf(s.client, s.set).Compose(t.Context(), to, false); fault.CodeOf(err) != fault.Usage {
			t.Errorf("-to=%s: %v", to, err)
		}
	}
	if _, err := storeOf(s.client, s.set).Compose(t.Context(), "", true); fault.CodeOf(err) != fault.Usage {
		t.Errorf("before the only release: %v", err)
	}
	renamed := s.set
	renamed.Images = []string{"mastodon", "other"}
	_, err := storeOf(s.client, renamed).Compose(t.Context(), "", false)
	if fault.CodeOf(err) != fault.Usage || fault.HintOf(err).IsZero() {
		t.Errorf("another name: %v", err)
	}
}
