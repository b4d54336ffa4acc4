package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
)

// assemble makes one layout from the platforms' layouts, and moves it to its place.
func (r *Result) assemble(ctx context.Context, jobs []*solve, part, compression string) error {
	whole := filepath.Join(part, "whole")
	if err := os.MkdirAll(filepath.Join(whole, "blobs", "sha256"), 0o755); err != nil {
		return fmt.Errorf("assembling image %q: %w", r.Name, err)
	}
	index := v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex}
	for _, j := range jobs {
		d, err := j.moveInto(ctx, whole, compression)
		if err != nil {
			return fmt.Errorf("assembling image %q for %s: %w", r.Name, j.platform, err)
		}
		index.Manifests = append(index.Manifests, d.manifest)
		r.Platforms = append(r.Platforms, Platform{platform: j.platform, digest: d.manifest.Digest.String(), Inputs: j.inputs,
			bytes: d.bytes})
	}
	if err := r.finish(whole, index); err != nil {
		return fmt.Errorf("assembling image %q: %w", r.Name, err)
	}
	return replace(whole, r.Dir)
}

// placedImage is a platform's image in the common layout.
type placedImage struct {
	manifest v1.Descriptor
	bytes    int64 // of config and layers
}

// moveInto moves a platform's image into the layout, and compresses the layers that are not compressed yet.
func (j *solve) moveInto(ctx context.Context, to, compression string) (placedImage, error) {
	img, err := onlyImage(j.dir)
	if err != nil {
		return placedImage{}, err
	}
	config, err := img.ConfigFile()
	if err != nil {
		return placedImage{}, err
	}
	m, err := img.Manifest()
	if err != nil {
		return placedImage{}, err
	}
	m = m.DeepCopy()
	if err := moveBlob(j.dir, to, m.Config.Digest); err != nil {
		return placedImage{}, err
	}
	group, ctx := goroutine.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	for i := range m.Layers {
		group.Go(func() (err error) {
			if compression == none || m.Layers[i].MediaType != types.OCIUncompressedLayer {
				return moveBlob(j.dir, to, m.Layers[i].Digest)
			}
			m.Layers[i], err = compress(ctx, layerPaths{j.dir, to}, m.Layers[i], compression)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return placedImage{}, err
	}
	out := placedImage{bytes: m.Config.Size}
	for _, l := range m.Layers {
		out.bytes += l.Size
	}
	out.manifest, err = writeBlob(to, types.OCIManifestSchema1, m)
	out.manifest.Platform = config.Platform()
	return out, err
}

// onlyImage returns the only image in BuildKit's layout.
func onlyImage(dir string) (v1.Image, error) {
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	if len(manifest.Manifests) != 1 || !manifest.Manifests[0].MediaType.IsImage() {
		return nil, fmt.Errorf("reading BuildKit's layout: expected 1 image, found %d entries", len(manifest.Manifests))
	}
	return index.Image(manifest.Manifests[0].Digest)
}

// finish writes the index and, last, the file that makes the folder a layout.
func (r *Result) finish(dir string, index v1.IndexManifest) error {
	d, err := writeBlob(dir, types.OCIImageIndex, index)
	if err != nil {
		return err
	}
	r.Digest = d.Digest.String()
	list := v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: []v1.Descriptor{d}}
	top, err := json.Marshal(list)
	if err != nil {
		return err
	}
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o644),
		os.WriteFile(filepath.Join(dir, "index.json"), top, 0o644),
	); err != nil {
		return err
	}
	blobs, err := os.ReadDir(filepath.Join(dir, "blobs", "sha256"))
	if err != nil {
		return err
	}
	for _, e := range blobs {
		info, err := e.Info()
		if err != nil {
			return err
		}
		r.Bytes += info.Size()
	}
	return nil
}

// replace moves the folder next to the place of old.
func replace(next, old string) error {
	aside := old + ".old"
	if err := os.RemoveAll(aside); err != nil {
		return fmt.Errorf("replacing %q: %w", old, err)
	}
	if err := os.Rename(old, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replacing %q: %w", old, err)
	}
	if err := os.Rename(next, old); err != nil {
		return fmt.Errorf("replacing %q: %w", old, errors.Join(err, os.Rename(aside, old)))
	}
	if err := os.RemoveAll(aside); err != nil {
		return fmt.Errorf("replacing %q: %w", old, err)
	}
	return nil
}

// Check reads every blob of an OCI layout that its index leads to. It returns an error if one is missing, too short
// or has another digest: a file that exists need not be complete.
func Check(dir string) error {
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return fault.New(fault.Gate, "reading the layout %q: %w", dir, err)
	}
	if err := checkIndex(dir, index, map[v1.Hash]bool{}); err != nil {
		return fault.New(fault.Gate, "checking the layout %q: %w", dir, err).
			WithHint("build the image again: %s", fault.Command{Target: "image:build"})
	}
	return nil
}

func checkIndex(dir string, index v1.ImageIndex, seen map[v1.Hash]bool) error {
	manifest, err := index.IndexManifest()
	if err != nil {
		return err
	}
	for _, d := range manifest.Manifests {
		if err := checkBlob(dir, d, seen); err != nil {
			return err
		}
		switch {
		case d.MediaType.IsIndex():
			inner, err := index.ImageIndex(d.Digest)
			if err != nil {
				return err
			}
			if err := checkIndex(dir, inner, seen); err != nil {
				return err
			}
		case d.MediaType.IsImage():
			img, err := index.Image(d.Digest)
			if err != nil {
				return err
			}
			m, err := img.Manifest()
			if err != nil {
				return err
			}
			for _, part := range slices.Concat([]v1.Descriptor{m.Config}, m.Layers) {
				if err := checkBlob(dir, part, seen); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func checkBlob(dir string, d v1.Descriptor, seen map[v1.Hash]bool) error {
	if seen[d.Digest] {
		return nil
	}
	seen[d.Digest] = true
	name := filepath.Join(dir, "blobs", d.Digest.Algorithm, d.Digest.Hex)
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.Size() != d.Size {
		return fmt.Errorf("blob %s: expected %d bytes, found %d", d.Digest, d.Size, info.Size())
	}
	got, err := fileDigest(name)
	if err != nil {
		return err
	}
	if got != d.Digest.String() {
		return fmt.Errorf("expected the content of blob %s, found that of %s", d.Digest, got)
	}
	return nil
}

// Open returns the index of a layout that Build wrote.
func Open(dir string) (v1.ImageIndex, error) {
	top, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return nil, fault.New(fault.Usage, "reading the layout %q: %w", dir, err).
			WithHint("build the image first: %s", fault.Command{Target: "image:build"})
	}
	manifest, err := top.IndexManifest()
	if err != nil {
		return nil, fault.New(fault.Gate, "reading the layout %q: %w", dir, err)
	}
	if len(manifest.Manifests) != 1 || !manifest.Manifests[0].MediaType.IsIndex() {
		return nil, fault.New(fault.Gate, "reading the layout %q: expected 1 index, found %d entries", dir,
			len(manifest.Manifests))
	}
	return top.ImageIndex(manifest.Manifests[0].Digest)
}

// First returns the image of this machine's platform in a layout, or the only one.
func First(dir string) (v1.Image, error) {
	index, err := Open(dir)
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, fmt.Errorf("reading the layout %q: %w", dir, err)
	}
	for _, m := range manifest.Manifests {
		if len(manifest.Manifests) == 1 || m.Platform != nil && m.Platform.Architecture == runtime.GOARCH {
			return index.Image(m.Digest)
		}
	}
	return nil, fault.New(fault.Usage, "the layout %q has no image for %s", dir, runtime.GOARCH)
}
