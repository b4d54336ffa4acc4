package release_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/registrytest"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/stamp"
)

// Two images go to two registries as one release; the same inputs again publish nothing.
func ExampleStore_Publish() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "release")
	check(err)
	defer os.RemoveAll(dir)

	first, second := registrytest.NewStore(), registrytest.NewStore()
	network := registrytest.InProcess{"127.0.0.1:5001": first, "127.0.0.1:5002": second}
	client := registry.New(registry.Options{Roots: network})
	defer client.Close()
	registries, err := address.ParseAll([]string{"127.0.0.1:5001/you", "127.0.0.1:5002/you"})
	check(err)
	store := release.Store{Client: client, Settings: release.Settings{
		Name: "mini", Images: []string{"mastodon", "mastodon-streaming"}, Registries: registries,
		Moving: []string{"edge"}, Dist: filepath.Join(dir, "dist"), Cache: filepath.Join(dir, "cache"),
	}}

	version, err := stamp.Parse("4.6.0-alpha.7")
	check(err)
	commit := strings.Repeat("7cf9e77d5", 5)[:40]
	day := time.Date(2026, 4, 30, 16, 45, 1, 0, time.UTC)
	candidate := release.Proposal{
		Stamp: stamp.Stamp{Name: "mini", Version: version, Pin: commit, Created: day, Patched: commit, Tree: commit,
			Source: "https://example.org/mini", Images: map[string]stamp.Image{
				"mastodon": {Role: "web"}, "mastodon-streaming": {Role: "streaming"}}},
		Upstream: record.Upstream{URL: "https://example.org/mastodon.git", Ref: "main", Commit: commit,
			Version: version.String()},
		Accepted: version, Tree: commit, Commit: commit, Packages: "2026-04-30",
		Images: map[string]string{"mastodon": "sha256:" + strings.Repeat("1", 64),
			"mastodon-streaming": "sha256:" + strings.Repeat("2", 64)},
	}
	images := []release.Image{
		{Name: "mastodon", Layout: builtImage(filepath.Join(dir, "web"))},
		{Name: "mastodon-streaming", Layout: builtImage(filepath.Join(dir, "streaming"))},
	}

	for range 2 {
		known, err := store.Read(ctx)
		check(err)
		plan, err := store.Prepare(ctx, known, candidate, release.PrepareOptions{Now: day})
		check(err)
		result, err := store.Publish(ctx, plan, images, release.Hooks{})
		check(err)
		fmt.Println(result.State, result.Record.Version, len(result.Registries), "registries")
	}
	edge := first.Tags("you/mastodon")["edge"]
	fmt.Println("edge is the same at both:", edge != "" && edge == second.Tags("you/mastodon")["edge"])
	// Output:
	// done 4.6.0-alpha.7+mini.7cf9e77d5 2 registries
	// unchanged 4.6.0-alpha.7+mini.7cf9e77d5 2 registries
	// edge is the same at both: true
}

// builtImage writes an image as a builder would.
func builtImage(dir string) string {
	image, err := random.Image(1024, 2)
	check(err)
	image, err = mutate.Config(mutate.MediaType(image, types.OCIManifestSchema1), v1.Config{Env: []string{"PATH=/bin"}})
	check(err)
	index := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), mutate.IndexAddendum{
		Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "amd64"}}})
	path, err := layout.Write(dir, empty.Index)
	check(err)
	check(path.AppendIndex(index))
	return dir
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
