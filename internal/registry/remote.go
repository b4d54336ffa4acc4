package registry

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
)

// Source returns a source of the repository's blobs. It downloads a blob into the folder cache when it is read, and
// checks it.
func (r *Repo) Source(cache string) content.Source {
	return &remoteSource{repo: r, layout: content.Layout{Dir: cache}}
}

type remoteSource struct {
	repo   *Repo
	layout content.Layout
}

func (s *remoteSource) Open(ctx context.Context, b content.Blob) (content.File, error) {
	if f, err := s.layout.Open(ctx, b); err == nil {
		if content.Check(io.NewSectionReader(f, 0, b.Size), b.Digest, s.layout.Path(b.Digest)) == nil {
			return f, nil
		}
		f.Close()
	}
	if err := s.fetch(ctx, b); err != nil {
		return nil, err
	}
	return s.layout.Open(ctx, b)
}

// fetch writes a blob to its place in the layout once all of it has arrived.
func (s *remoteSource) fetch(ctx context.Context, b content.Blob) error {
	return files.WriteFrom(s.layout.Path(b.Digest), func(f *os.File) error {
		return s.repo.read(ctx, b, &rewound{f})
	})
}

// rewound is a file that is written again from its start.
type rewound struct{ *os.File }

func (r *rewound) Reset() {
	if _, err := r.Seek(0, io.SeekStart); err == nil {
		_ = r.Truncate(0)
	}
}

// Index reads an index by digest, with all its manifests and configs. The layers come from the source that Source
// returns.
func (r *Repo) Index(ctx context.Context, digest string) (v1.ImageIndex, error) {
	m, found, err := r.Get(ctx, digest)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, r.noManifest(digest)
	}
	index := &fetched{raw: m.Data, mediaType: m.Type, images: map[v1.Hash]v1.Image{}}
	if index.manifest, err = v1.ParseIndexManifest(bytes.NewReader(m.Data)); err != nil {
		return nil, fault.New(fault.Registry, "%s returns an index that cannot be read: %s", r, clean(err.Error()))
	}
	for _, d := range index.manifest.Manifests {
		if index.images[d.Digest], err = r.readImage(ctx, d.Digest.String()); err != nil {
			return nil, err
		}
	}
	return index, nil
}

// readImage reads the manifest and config of an image or artifact.
func (r *Repo) readImage(ctx context.Context, ref string) (v1.Image, error) {
	m, found, err := r.Get(ctx, ref)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, r.noManifest(ref)
	}
	parsed, err := v1.ParseManifest(bytes.NewReader(m.Data))
	if err != nil || parsed.Config.Size > biggest {
		return nil, fault.New(fault.Registry, "%s returns a manifest that cannot be read for %s", r, ref)
	}
	config, err := r.Small(ctx, content.Blob{Digest: parsed.Config.Digest, Size: parsed.Config.Size})
	if err != nil {
		return nil, err
	}
	return partial.CompressedToImage(&fetchedImage{repo: r, raw: m.Data, mediaType: m.Type, config: config})
}

type fetched struct {
	raw       []byte
	mediaType types.MediaType
	manifest  *v1.IndexManifest
	images    map[v1.Hash]v1.Image
}

var _ v1.ImageIndex = (*fetched)(nil)

func (f *fetched) MediaType() (types.MediaType, error)       { return f.mediaType, nil }
func (f *fetched) Digest() (v1.Hash, error)                  { return partial.Digest(f) }
func (f *fetched) Size() (int64, error)                      { return partial.Size(f) }
func (f *fetched) IndexManifest() (*v1.IndexManifest, error) { return f.manifest.DeepCopy(), nil }
func (f *fetched) RawManifest() ([]byte, error)              { return f.raw, nil }
func (f *fetched) ImageIndex(h v1.Hash) (v1.ImageIndex, error) {
	return nil, fmt.Errorf("no index %s in this index", h)
}
func (f *fetched) Image(h v1.Hash) (v1.Image, error) {
	if i, ok := f.images[h]; ok {
		return i, nil
	}
	return nil, fmt.Errorf("no image %s in this index", h)
}

type fetchedImage struct {
	repo        *Repo
	raw, config []byte
	mediaType   types.MediaType
}

var _ partial.CompressedImageCore = (*fetchedImage)(nil)

func (f *fetchedImage) RawManifest() ([]byte, error)        { return f.raw, nil }
func (f *fetchedImage) RawConfigFile() ([]byte, error)      { return f.config, nil }
func (f *fetchedImage) MediaType() (types.MediaType, error) { return f.mediaType, nil }
func (f *fetchedImage) LayerByDigest(h v1.Hash) (partial.CompressedLayer, error) {
	return nil, fmt.Errorf("layer %s is read through a source", h)
}
