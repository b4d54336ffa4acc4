package stamp

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/fault"
)

// Apply returns an index with the stamp: environment, labels and date in every image's config, annotations on the
// manifests and on the index. Layers do not change, so nothing is built or uploaded again. It first removes what an
// earlier stamp wrote, so the result for a stamped image is the same as for the plain one. Attestations are left out,
// since they are about the manifest as it was before.
func Apply(index v1.ImageIndex, s Stamp, image string) (v1.ImageIndex, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	old, err := index.IndexManifest()
	if err != nil {
		return nil, fmt.Errorf("reading the index of %q: %w", image, err)
	}
	labels := s.labels(image)
	out := &v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex,
		Annotations: annotate(old.Annotations, labels)}
	images := map[v1.Hash]v1.Image{}
	for _, d := range old.Manifests {
		if attestation(d) {
			continue
		}
		if !d.MediaType.IsImage() {
			return nil, fault.New(fault.Build, "the index of %q holds a %q, not an image", image, d.MediaType)
		}
		img, err := index.Image(d.Digest)
		if err != nil {
			return nil, fmt.Errorf("reading %s of %q: %w", d.Digest, image, err)
		}
		stamped, err := s.apply(img, labels)
		if err != nil {
			return nil, fmt.Errorf("stamping %q: %w", image, err)
		}
		desc, err := partial.Descriptor(stamped)
		if err != nil {
			return nil, fmt.Errorf("stamping %q: %w", image, err)
		}
		desc.Platform, desc.Annotations = d.Platform, nil
		out.Manifests = append(out.Manifests, *desc)
		images[desc.Digest] = stamped
	}
	if len(out.Manifests) == 0 {
		return nil, fault.New(fault.Build, "the index of %q holds no image", image)
	}
	return newIndex(out, images)
}

// Annotate returns an index of the same images with these annotations and no others. Attestations are left out.
func Annotate(index v1.ImageIndex, annotations map[string]string) (v1.ImageIndex, error) {
	old, err := index.IndexManifest()
	if err != nil {
		return nil, fmt.Errorf("reading an index: %w", err)
	}
	out := &v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Annotations: annotations}
	images := map[v1.Hash]v1.Image{}
	for _, d := range old.Manifests {
		if attestation(d) {
			continue
		}
		if images[d.Digest], err = index.Image(d.Digest); err != nil {
			return nil, fmt.Errorf("reading %s: %w", d.Digest, err)
		}
		out.Manifests = append(out.Manifests, d)
	}
	return newIndex(out, images)
}

func attestation(d v1.Descriptor) bool {
	return d.Annotations["vnd.docker.reference.type"] != "" || d.Platform != nil && d.Platform.OS == "unknown"
}

func (s Stamp) apply(img v1.Image, labels map[string]string) (v1.Image, error) {
	file, err := img.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("reading a config: %w", err)
	}
	file = file.DeepCopy()
	file.Created = v1.Time{Time: s.Created.UTC()}
	file.Config.Labels = annotate(file.Config.Labels, labels)
	file.Config.Env = append(slices.DeleteFunc(file.Config.Env, func(e string) bool {
		key, _, _ := strings.Cut(e, "=")
		return slices.Contains(environmentNames, key)
	}), s.Environment()...)
	config, err := json.Marshal(file)
	if err != nil {
		return nil, err
	}
	manifest, err := img.Manifest()
	if err != nil {
		return nil, fmt.Errorf("reading a manifest: %w", err)
	}
	manifest = manifest.DeepCopy()
	if manifest.MediaType, err = img.MediaType(); err != nil {
		return nil, fmt.Errorf("reading a manifest: %w", err)
	}
	manifest.Annotations = annotate(manifest.Annotations, labels)
	manifest.Config.Digest, manifest.Config.Size, err = v1.SHA256(strings.NewReader(string(config)))
	if err != nil {
		return nil, err
	}
	manifest.Config.Data = nil
	raw, err := json.Marshal(manifest)
	if err != nil {
		return nil, err
	}
	return partial.CompressedToImage(&stampedImage{base: img, config: config, manifest: raw,
		mediaType: manifest.MediaType})
}

// annotate returns m with all keys of the stamp replaced by labels.
func annotate(m, labels map[string]string) map[string]string {
	out := maps.Clone(labels)
	for k, v := range m {
		if !owned(k) {
			out[k] = v
		}
	}
	return out
}

// stampedImage is an image with another config and manifest.
type stampedImage struct {
	base             v1.Image
	config, manifest []byte
	mediaType        types.MediaType
}

var _ partial.CompressedImageCore = (*stampedImage)(nil)

func (i *stampedImage) RawConfigFile() ([]byte, error)      { return i.config, nil }
func (i *stampedImage) RawManifest() ([]byte, error)        { return i.manifest, nil }
func (i *stampedImage) MediaType() (types.MediaType, error) { return i.mediaType, nil }
func (i *stampedImage) LayerByDigest(h v1.Hash) (partial.CompressedLayer, error) {
	return i.base.LayerByDigest(h)
}

// stampedIndex is an index made here.
type stampedIndex struct {
	raw      []byte
	manifest *v1.IndexManifest
	images   map[v1.Hash]v1.Image
}

func newIndex(m *v1.IndexManifest, images map[v1.Hash]v1.Image) (v1.ImageIndex, error) {
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return &stampedIndex{raw: raw, manifest: m, images: images}, nil
}

var _ v1.ImageIndex = (*stampedIndex)(nil)

func (i *stampedIndex) MediaType() (types.MediaType, error)       { return i.manifest.MediaType, nil }
func (i *stampedIndex) Digest() (v1.Hash, error)                  { return partial.Digest(i) }
func (i *stampedIndex) Size() (int64, error)                      { return partial.Size(i) }
func (i *stampedIndex) IndexManifest() (*v1.IndexManifest, error) { return i.manifest.DeepCopy(), nil }
func (i *stampedIndex) RawManifest() ([]byte, error)              { return i.raw, nil }
func (i *stampedIndex) ImageIndex(h v1.Hash) (v1.ImageIndex, error) {
	return nil, fmt.Errorf("no index %s in this index", h)
}
func (i *stampedIndex) Image(h v1.Hash) (v1.Image, error) {
	if img, ok := i.images[h]; ok {
		return img, nil
	}
	return nil, fmt.Errorf("no image %s in this index", h)
}
