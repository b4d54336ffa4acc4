package inspect_test

import (
	"slices"
	"testing"

	"github.com/google/go-containerregistry/pkg/compression"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/inspect"
)

// asZstd is an image with its layers compressed by zstd, read back from an OCI layout on disk.
func asZstd(t *testing.T, img v1.Image) v1.Image {
	t.Helper()
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	var packed []v1.Layer
	for _, l := range layers {
		one, err := tarball.LayerFromOpener(l.Uncompressed, tarball.WithCompression(compression.ZStd),
			tarball.WithMediaType(types.OCILayerZStd))
		if err != nil {
			t.Fatal(err)
		}
		packed = append(packed, one)
	}
	path, err := layout.Write(t.TempDir(), empty.Index)
	if err == nil {
		err = path.AppendImage(build(t, config.Config, packed...))
	}
	if err != nil {
		t.Fatal(err)
	}
	index, err := path.ImageIndex()
	if err != nil {
		t.Fatal(err)
	}
	m, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	read, err := index.Image(m.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// Layers that zstd compressed are read like those of gzip: what is good passes, and a compiler in one is found.
func TestZstdLayers(t *testing.T) {
	good := asZstd(t, build(t, config(), layer(t, base...), layer(t, web...)))
	if got := findings(t, good, rules(inspect.Web)); len(got) > 0 {
		t.Errorf("good: %q", got)
	}
	plain := build(t, config(), layer(t, base...), layer(t, web...), layer(t, "usr/bin/gcc 755 elf"))
	want := findings(t, plain, rules(inspect.Web))
	if got := findings(t, asZstd(t, plain), rules(inspect.Web)); len(got) == 0 || !slices.Equal(got, want) {
		t.Errorf("with a compiler: %q, want %q", got, want)
	}
}
