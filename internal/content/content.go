// Package content is what an image consists of in a registry: manifests and blobs, and where they can be read. A layout
// on disk, or a registry's answers, go in; contents come out, ready to be sent.
package content

import (
	"context"
	"fmt"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/fault"
)

// Content is all that one digest stands for: what must be in a repository for it to be pulled whole.
type Content struct {
	Manifests []Manifest // each after those that it names; the last is the content's own
	Blobs     []Blob     // configs and layers, each once
}

// Manifest is a manifest or an index, as it goes over the wire.
type Manifest struct {
	Digest v1.Hash
	Type   types.MediaType
	Data   []byte
	Blobs  []v1.Hash // that it names
}

// Blob is a config or a layer. Data is set for what is at hand; else From has it.
type Blob struct {
	Digest v1.Hash
	Size   int64
	Data   []byte
	Source Source
}

// Source has blobs by digest. What it gives may turn out to be something else: readers check.
type Source interface {
	Open(ctx context.Context, b Blob) (File, error)
}

// File is an open blob.
type File interface {
	io.ReaderAt
	io.Closer
}

// Digest is the digest of the whole.
func (c Content) Digest() v1.Hash { return c.Manifests[len(c.Manifests)-1].Digest }

// Root is the manifest that stands for the whole.
func (c Content) Root() Manifest { return c.Manifests[len(c.Manifests)-1] }

// Bytes is the size of all blobs.
func (c Content) Bytes() (n int64) {
	for _, b := range c.Blobs {
		n += b.Size
	}
	return n
}

// Gather lists what an index needs; its layers are in from.
func Gather(index v1.ImageIndex, from Source) (Content, error) {
	var c Content
	seen := map[v1.Hash]bool{}
	m, err := index.IndexManifest()
	if err != nil {
		return c, fmt.Errorf("reading an index: %w", err)
	}
	for _, d := range m.Manifests {
		if !d.MediaType.IsImage() {
			return c, fault.New(fault.Build, "an index names %s of type %q, which is not an image", d.Digest, d.MediaType)
		}
		img, err := index.Image(d.Digest)
		if err != nil {
			return c, fmt.Errorf("reading %s: %w", d.Digest, err)
		}
		if err := c.image(img, from, seen); err != nil {
			return c, err
		}
	}
	own, err := manifestOf(index)
	if err != nil {
		return c, err
	}
	c.Manifests = append(c.Manifests, own)
	return c, nil
}

func (c *Content) image(img v1.Image, from Source, seen map[v1.Hash]bool) error {
	own, err := manifestOf(img)
	if err != nil {
		return err
	}
	m, err := img.Manifest()
	if err != nil {
		return fmt.Errorf("reading a manifest: %w", err)
	}
	config, err := img.RawConfigFile()
	if err != nil {
		return fmt.Errorf("reading a config: %w", err)
	}
	all := []Blob{{Digest: m.Config.Digest, Size: m.Config.Size, Data: config}}
	for _, l := range m.Layers {
		all = append(all, Blob{Digest: l.Digest, Size: l.Size, Source: from})
	}
	for _, b := range all {
		own.Blobs = append(own.Blobs, b.Digest)
		if !seen[b.Digest] {
			seen[b.Digest] = true
			c.Blobs = append(c.Blobs, b)
		}
	}
	c.Manifests = append(c.Manifests, own)
	return nil
}

func manifestOf(m interface {
	RawManifest() ([]byte, error)
	MediaType() (types.MediaType, error)
	Digest() (v1.Hash, error)
}) (Manifest, error) {
	raw, err := m.RawManifest()
	if err != nil {
		return Manifest{}, fmt.Errorf("reading a manifest: %w", err)
	}
	t, err := m.MediaType()
	if err != nil {
		return Manifest{}, fmt.Errorf("reading a manifest: %w", err)
	}
	d, err := m.Digest()
	return Manifest{Digest: d, Type: t, Data: raw}, err
}
