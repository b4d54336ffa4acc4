package image

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/fault"
)

// Difference is a layer in which two builds of one image differ.
type Difference struct {
	Platform string   `json:"platform"`
	Layer    int      `json:"layer"` // from 1; 0 is the config
	Bytes    int64    `json:"bytes"` // of the first build's layer, compressed
	Files    []string `json:"files"` // the files that differ
}

// Compare compares the layouts of two builds of one image, layer by layer. An empty result means that they are equal,
// byte for byte.
func Compare(ctx context.Context, one, other string) ([]Difference, error) {
	var images [2]map[string]v1.Image
	var digests [2]v1.Hash
	for n, dir := range []string{one, other} {
		index, err := Open(dir)
		if err != nil {
			return nil, err
		}
		manifest, err := index.IndexManifest()
		if err != nil {
			return nil, fmt.Errorf("reading the layout %q: %w", dir, err)
		}
		if digests[n], err = index.Digest(); err != nil {
			return nil, fmt.Errorf("reading the layout %q: %w", dir, err)
		}
		images[n] = map[string]v1.Image{}
		for _, m := range manifest.Manifests {
			if images[n][m.Platform.String()], err = index.Image(m.Digest); err != nil {
				return nil, fmt.Errorf("reading the layout %q: %w", dir, err)
			}
		}
	}
	if digests[0] == digests[1] {
		return nil, nil
	}
	var out []Difference
	for _, platform := range slices.Sorted(maps.Keys(images[0])) {
		second, ok := images[1][platform]
		if !ok {
			return nil, fault.New(fault.Gate, "comparing two builds: %q is not built for %s", other, platform)
		}
		some, err := compareImages(ctx, images[0][platform], second)
		if err != nil {
			return nil, fmt.Errorf("comparing two builds for %s: %w", platform, err)
		}
		for _, d := range some {
			d.Platform = platform
			out = append(out, d)
		}
	}
	return out, nil
}

func compareImages(ctx context.Context, one, other v1.Image) ([]Difference, error) {
	a, err := one.Layers()
	if err != nil {
		return nil, err
	}
	b, err := other.Layers()
	if err != nil {
		return nil, err
	}
	if len(a) != len(b) {
		return nil, fault.New(fault.Gate, "expected %d layers, as in the first build, found %d", len(a), len(b))
	}
	var out []Difference
	for i := range a {
		d := Difference{Layer: i + 1}
		if d.Files, err = compareLayers(ctx, a[i], b[i]); err != nil {
			return nil, fmt.Errorf("layer %d: %w", i+1, err)
		}
		if d.Files == nil {
			continue
		}
		if d.Bytes, err = a[i].Size(); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	if len(out) > 0 {
		return out, nil // the config names the layers
	}
	configs := [2]v1.Hash{}
	for n, img := range []v1.Image{one, other} {
		if configs[n], err = img.ConfigName(); err != nil {
			return nil, err
		}
	}
	if configs[0] != configs[1] {
		out = append(out, Difference{Files: []string{}})
	}
	return out, nil
}

// compareLayers returns the files in which two layers differ; nil if the layers are equal.
func compareLayers(ctx context.Context, one, other v1.Layer) ([]string, error) {
	var digests [2]v1.Hash
	var files [2]map[string]string
	for n, layer := range []v1.Layer{one, other} {
		var err error
		if digests[n], err = layer.Digest(); err != nil {
			return nil, err
		}
	}
	if digests[0] == digests[1] {
		return nil, nil
	}
	for n, layer := range []v1.Layer{one, other} {
		var err error
		if files[n], err = filesOf(ctx, layer); err != nil {
			return nil, err
		}
	}
	out := []string{}
	for name, sum := range files[0] {
		if files[1][name] != sum {
			out = append(out, name)
		}
	}
	for name := range files[1] {
		if _, there := files[0][name]; !there {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// filesOf returns a checksum of each entry of a layer, over its header and its content.
func filesOf(ctx context.Context, layer v1.Layer) (map[string]string, error) {
	r, err := layer.Uncompressed()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	out := map[string]string{}
	for archive := tar.NewReader(&stoppable{ctx, r}); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		sum := sha256.New()
		fmt.Fprintf(sum, "%c %o %d %d %d %q %d\n", h.Typeflag, h.Mode, h.Uid, h.Gid, h.Size, h.Linkname, h.ModTime.Unix())
		if _, err := io.Copy(sum, archive); err != nil {
			return nil, err
		}
		out[h.Name] = string(sum.Sum(nil))
	}
}
