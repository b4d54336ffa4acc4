package content

import (
	"encoding/json"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// single is an index around one image.
type single struct {
	raw      []byte
	manifest v1.IndexManifest
	image    v1.Image
}

var _ v1.ImageIndex = (*single)(nil)

// indexAround makes an index of an image that stands alone; the platform is its config's.
func indexAround(root v1.ImageIndex, d v1.Descriptor) (v1.ImageIndex, error) {
	img, err := root.Image(d.Digest)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", d.Digest, err)
	}
	if d.Platform == nil {
		file, err := img.ConfigFile()
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", d.Digest, err)
		}
		d.Platform = file.Platform()
	}
	d.Annotations = nil
	s := &single{image: img, manifest: v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex,
		Manifests: []v1.Descriptor{d}}}
	s.raw, err = json.Marshal(s.manifest)
	return s, err
}

func (s *single) MediaType() (types.MediaType, error)       { return types.OCIImageIndex, nil }
func (s *single) Digest() (v1.Hash, error)                  { return partial.Digest(s) }
func (s *single) Size() (int64, error)                      { return partial.Size(s) }
func (s *single) IndexManifest() (*v1.IndexManifest, error) { return s.manifest.DeepCopy(), nil }
func (s *single) RawManifest() ([]byte, error)              { return s.raw, nil }
func (s *single) Image(h v1.Hash) (v1.Image, error) {
	if h != s.manifest.Manifests[0].Digest {
		return nil, fmt.Errorf("no image %s in this index", h)
	}
	return s.image, nil
}
func (s *single) ImageIndex(h v1.Hash) (v1.ImageIndex, error) {
	return nil, fmt.Errorf("no index %s in this index", h)
}
