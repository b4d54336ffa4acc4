package image_test

import (
	"encoding/base64"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/howdah/howdah/internal/credential"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
)

// TestPrivateBase: BuildKit pulls a base with docker's own credentials; without them the refusal is code 4. The
// credentials are not in what is built.
func TestPrivateBase(t *testing.T) {
	b := openBuilder(t)
	const user, password = "puller", "c4n4ry-password"
	inner := registry.New(registry.Logger(log.New(&strings.Builder{}, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, p, ok := r.BasicAuth(); !ok || u != user || p != password {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			http.Error(w, `{"errors":[{"code":"UNAUTHORIZED","message":"who are you"}]}`, http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	img, err := random.Image(100, 1)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	tag, err := name.NewTag(host + "/private/base:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(tag, img, remote.WithAuth(&authn.Basic{Username: user, Password: password})); err != nil {
		t.Fatal(err)
	}
	s := simple("FROM private/base:1", "LABEL a=b")
	s.Bases = map[string]string{"private/base:1": host + "/private/base@" + digest.String()}
	config := t.TempDir()
	s.Credentials = credential.New(os.Getenv, nil)
	t.Setenv("DOCKER_CONFIG", config)
	dir := filepath.Join(t.TempDir(), "layout")
	if _, err := image.BuildOne(t.Context(), b, s, dir, image.Progress{}); fault.CodeOf(err) != fault.Auth {
		t.Errorf("without credentials: %v (code %d)", err, fault.CodeOf(err))
	}
	auth := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	if err := os.WriteFile(filepath.Join(config, "config.json"), []byte(`{"auths":{"`+host+`":{"auth":"`+auth+`"}}}`),
		0o600); err != nil {
		t.Fatal(err)
	}
	r, err := image.BuildOne(t.Context(), b, s, dir, image.Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, dir, password); n != 0 {
		t.Errorf("the password is %d times in the layout", n)
	}
	index, err := image.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	built, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	got, err := built.Layers()
	if err != nil || len(got) != 1 {
		t.Fatalf("%d layers, %v, in %+v", len(got), err, r)
	}
	want, _ := img.Layers()
	gotID, _ := got[0].DiffID() // it is compressed as every layer is, see TestBaseThroughCache
	if wantID, _ := want[0].DiffID(); gotID != wantID {
		t.Errorf("the base's layer holds %s, expected %s", gotID, wantID)
	}
}
