package release

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// poolSize is how many candidates there are.
const poolSize = 10

// imagePool has the images of all candidates, in two variants: other bytes of the same inputs.
type imagePool [poolSize][2][]Image

// memoryDir is a folder in memory where the machine has one: a journal syncs each line to the disk.
func memoryDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "howdah-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func newPool(t *testing.T) *imagePool {
	t.Helper()
	var p imagePool
	dir := memoryDir(t)
	for c := range p {
		for variant := range p[c] {
			for _, name := range []string{"mastodon", "mastodon-streaming"} {
				own := fmt.Sprintf("%s of candidate %d, variant %d", name, c, variant)
				p[c][variant] = append(p[c][variant], layered(t, filepath.Join(dir, own), name, "Debian", own))
			}
		}
	}
	return &p
}

// layered writes an image whose layers have these texts as their bytes.
func layered(t *testing.T, dir, name string, texts ...string) Image {
	t.Helper()
	img := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	var err error
	for _, text := range texts {
		l := static.NewLayer([]byte(strings.Repeat(text+"\n", 20)), types.OCILayer)
		if img, err = mutate.Append(img, mutate.Addendum{Layer: l}); err != nil {
			t.Fatal(err)
		}
	}
	if img, err = mutate.Config(img, v1.Config{Env: []string{"PATH=/bin"}}); err != nil {
		t.Fatal(err)
	}
	part := mutate.IndexAddendum{Add: img,
		Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "amd64"}}}
	index := mutate.IndexMediaType(mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), part),
		types.OCIImageIndex)
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
	return Image{Name: name, Layout: dir, Digest: digest.String(), Platforms: []string{"linux/amd64"}}
}
