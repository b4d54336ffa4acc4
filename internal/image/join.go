package image

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/howdah/howdah/internal/goroutine"
)

// Part is one platform's image that was built elsewhere: in a layout, or at a registry.
type Part struct {
	Platform string
	Inputs   string // see Spec.Inputs
	Image    v1.Image
}

// Join writes one layout to dir from images of one platform each. Its index is, byte for byte, the one that Build
// writes for all platforms at once.
func Join(ctx context.Context, name, dir string, parts []Part) (Result, error) {
	r := Result{Name: name, Dir: dir}
	part := dir + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(filepath.Join(part, "blobs", "sha256"), 0o755)); err != nil {
		return r, fmt.Errorf("joining image %q: %w", name, err)
	}
	defer os.RemoveAll(part)
	parts = slices.SortedFunc(slices.Values(parts), func(a, b Part) int { return strings.Compare(a.Platform, b.Platform) })
	index := v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex}
	for _, p := range parts {
		d, err := fetch(ctx, p.Image, part)
		if err != nil {
			return r, fmt.Errorf("joining image %q for %s: %w", name, p.Platform, err)
		}
		if got := d.manifest.Platform; got == nil || got.String() != p.Platform {
			return r, fmt.Errorf("joining image %q: the image for %s is one for %s", name, p.Platform, got)
		}
		index.Manifests = append(index.Manifests, d.manifest)
		r.Platforms = append(r.Platforms, Platform{platform: p.Platform, digest: d.manifest.Digest.String(), Inputs: p.Inputs,
			bytes: d.bytes})
	}
	if err := r.finish(part, index); err != nil {
		return r, fmt.Errorf("joining image %q: %w", name, err)
	}
	return r, replace(part, dir)
}

// fetch writes an image's blobs into a layout.
func fetch(ctx context.Context, img v1.Image, to string) (placedImage, error) {
	raw, err := img.RawManifest()
	if err != nil {
		return placedImage{}, err
	}
	m, err := img.Manifest()
	if err != nil {
		return placedImage{}, err
	}
	config, err := img.ConfigFile()
	if err != nil {
		return placedImage{}, err
	}
	group, ctx := goroutine.WithContext(ctx)
	group.SetLimit(4)
	out := placedImage{bytes: m.Config.Size}
	for _, d := range m.Layers {
		out.bytes += d.Size
		group.Go(func() error { return fetchLayer(ctx, img, d, to) })
	}
	if err := group.Wait(); err != nil {
		return placedImage{}, err
	}
	rawConfig, err := img.RawConfigFile()
	if err != nil {
		return placedImage{}, err
	}
	if Sum(rawConfig) != m.Config.Digest.String() {
		return placedImage{}, fmt.Errorf(
			"expected the content of config %s, found that of %s", m.Config.Digest, Sum(rawConfig))
	}
	digest, err := v1.NewHash(Sum(raw))
	if err != nil {
		return placedImage{}, err
	}
	kind := cmp.Or(m.MediaType, types.OCIManifestSchema1)
	out.manifest = v1.Descriptor{MediaType: kind, Size: int64(len(raw)), Digest: digest, Platform: config.Platform()}
	return out, errors.Join(os.WriteFile(blobPath(to, m.Config.Digest), rawConfig, 0o644),
		os.WriteFile(blobPath(to, digest), raw, 0o644))
}

// fetchLayer writes a layer as it is at its source, unless it is there.
func fetchLayer(ctx context.Context, img v1.Image, d v1.Descriptor, to string) error {
	if _, err := os.Stat(blobPath(to, d.Digest)); err == nil {
		return nil
	}
	layer, err := img.LayerByDigest(d.Digest)
	if err != nil {
		return err
	}
	src, err := layer.Compressed()
	if err != nil {
		return err
	}
	defer src.Close()
	return placeLayer(to, func(dst *os.File) (v1.Hash, error) {
		read := sha256.New()
		if _, err := io.Copy(io.MultiWriter(dst, read), &stoppable{ctx, src}); err != nil {
			return v1.Hash{}, err
		}
		return d.Digest, sameLayer(d.Digest, read)
	})
}
