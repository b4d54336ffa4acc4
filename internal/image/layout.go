package image

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	ggcrtypes "github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/fault"
)

// assemble makes one layout out of the platforms' and moves it to its place.
func (r *Result) assemble(jobs []*job, part string) error {
	whole := filepath.Join(part, "whole")
	if err := os.MkdirAll(filepath.Join(whole, "blobs", "sha256"), 0o755); err != nil {
		return fmt.Errorf("assembling image %q: %w", r.Name, err)
	}
	index := mutate.IndexMediaType(empty.Index, ggcrtypes.OCIImageIndex)
	for _, j := range jobs {
		if err := Check(j.dir); err != nil {
			return fmt.Errorf("assembling image %q: %w", r.Name, err)
		}
		img, err := onlyImage(j.dir)
		if err != nil {
			return fmt.Errorf("assembling image %q for %s: %w", r.Name, j.platform, err)
		}
		add, p, err := describe(img, j)
		if err != nil {
			return fmt.Errorf("assembling image %q for %s: %w", r.Name, j.platform, err)
		}
		index = mutate.AppendManifests(index, add)
		r.Platforms = append(r.Platforms, p)
		if err := moveBlobs(j.dir, whole); err != nil {
			return fmt.Errorf("assembling image %q: %w", r.Name, err)
		}
	}
	if err := writeIndex(whole, index, r); err != nil {
		return fmt.Errorf("assembling image %q: %w", r.Name, err)
	}
	return replace(whole, r.Dir)
}

func describe(img v1.Image, j *job) (mutate.IndexAddendum, Platform, error) {
	manifest, err := img.Manifest()
	if err != nil {
		return mutate.IndexAddendum{}, Platform{}, err
	}
	config, err := img.ConfigFile()
	if err != nil {
		return mutate.IndexAddendum{}, Platform{}, err
	}
	digest, err := img.Digest()
	if err != nil {
		return mutate.IndexAddendum{}, Platform{}, err
	}
	platform := &v1.Platform{OS: config.OS, Architecture: config.Architecture, Variant: config.Variant}
	size := manifest.Config.Size
	for _, l := range manifest.Layers {
		size += l.Size
	}
	return mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: platform}},
		Platform{Platform: j.platform, Digest: digest.String(), Inputs: j.inputs, Bytes: size}, nil
}

// onlyImage is the one image in BuildKit's layout.
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
		return nil, fmt.Errorf("reading BuildKit's layout: not one image but %d entries", len(manifest.Manifests))
	}
	return index.Image(manifest.Manifests[0].Digest)
}

func moveBlobs(from, to string) error {
	entries, err := os.ReadDir(filepath.Join(from, "blobs", "sha256"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(from, "blobs", "sha256", e.Name()), filepath.Join(to, "blobs", "sha256", e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// writeIndex writes the index, and what makes a folder of blobs a layout, last.
func writeIndex(dir string, index v1.ImageIndex, r *Result) error {
	raw, err := index.RawManifest()
	if err != nil {
		return err
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	r.Digest = digest.String()
	top, err := json.Marshal(v1.IndexManifest{SchemaVersion: 2, MediaType: ggcrtypes.OCIImageIndex, Manifests: []v1.Descriptor{
		{MediaType: ggcrtypes.OCIImageIndex, Size: int64(len(raw)), Digest: digest},
	}})
	if err != nil {
		return err
	}
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, "blobs", "sha256", digest.Hex), raw, 0o644),
		os.WriteFile(filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o644),
		os.WriteFile(filepath.Join(dir, "index.json"), top, 0o644),
	); err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if strings.Contains(name, "blobs") {
			r.Bytes += info.Size()
		}
		return nil
	})
}

// replace puts the folder next in the place of old.
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

// Check reads every blob of an OCI layout that its index leads to, and refuses the layout where one is missing, short
// or has another digest: a file that is there is not yet a file that is whole.
func Check(dir string) error {
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return fault.New(fault.Gate, "reading the layout %q: %w", dir, err)
	}
	if err := checkIndex(dir, index, map[v1.Hash]bool{}); err != nil {
		return fault.New(fault.Gate, "checking the layout %q: %w", dir, err).WithHint("build the image again: image:build")
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
		return fmt.Errorf("blob %s has %d bytes, not %d", d.Digest, info.Size(), d.Size)
	}
	got, err := fileDigest(name)
	if err != nil {
		return err
	}
	if got != d.Digest.String() {
		return fmt.Errorf("blob %s is %s", d.Digest, got)
	}
	return nil
}

// Open returns the index of a layout that Build made.
func Open(dir string) (v1.ImageIndex, error) {
	top, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return nil, fault.New(fault.Usage, "reading the layout %q: %w", dir, err).WithHint("build the image first: image:build")
	}
	manifest, err := top.IndexManifest()
	if err != nil {
		return nil, fault.New(fault.Gate, "reading the layout %q: %w", dir, err)
	}
	if len(manifest.Manifests) != 1 || !manifest.Manifests[0].MediaType.IsIndex() {
		return nil, fault.New(fault.Gate, "reading the layout %q: not one index but %d entries", dir, len(manifest.Manifests))
	}
	return top.ImageIndex(manifest.Manifests[0].Digest)
}
