package record

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
)

// manifestOf is an artifact's manifest: https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
type manifestOf struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     types.MediaType   `json:"mediaType"`
	ArtifactType  string            `json:"artifactType"`
	Config        v1.Descriptor     `json:"config"`
	Layers        []v1.Descriptor   `json:"layers"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

// Part is the configuration or the layer of an artifact.
type Part struct {
	MediaType string
	Data      []byte
}

// mostEmbedded is the size up to which a part stands in the manifest too, in its descriptor's "data"
// (https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md): it is then read in the same request. A
// manifest may have 4 MiB, and Base64 takes a third more.
const mostEmbedded = 1 << 20

// Pack makes an artifact of a configuration and one layer.
func Pack(kind string, config, layer Part, annotations map[string]string) (content.Content, error) {
	var c content.Content
	describe := func(p Part) (v1.Descriptor, error) {
		h, n, err := v1.SHA256(bytes.NewReader(p.Data))
		c.Blobs = append(c.Blobs, content.Blob{Digest: h, Size: n, Data: p.Data})
		d := v1.Descriptor{MediaType: types.MediaType(p.MediaType), Digest: h, Size: n}
		if n <= mostEmbedded {
			d.Data = p.Data
		}
		return d, err
	}
	cd, err := describe(config)
	if err != nil {
		return c, err
	}
	ld, err := describe(layer)
	if err != nil {
		return c, err
	}
	raw, err := json.Marshal(manifestOf{2, types.OCIManifestSchema1, kind, cd, []v1.Descriptor{ld}, annotations})
	if err != nil {
		return c, err
	}
	h, _, err := v1.SHA256(bytes.NewReader(raw))
	c.Manifests = []content.Manifest{{Digest: h, Type: types.OCIManifestSchema1, Data: raw,
		Blobs: []v1.Hash{cd.Digest, ld.Digest}}}
	return c, err
}

// embedded returns what a descriptor holds of its blob, nil where it holds nothing or other bytes.
func embedded(d v1.Descriptor) []byte {
	if h, n, err := v1.SHA256(bytes.NewReader(d.Data)); err != nil || h != d.Digest || n != d.Size {
		return nil
	}
	return d.Data
}

// File is a file of a record's layer.
type File struct {
	Name string
	Data []byte
}

// Archive makes a tarball of files, the same for the same bytes.
func Archive(at time.Time, files ...File) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	t := tar.NewWriter(z)
	for _, f := range files {
		if err := t.WriteHeader(&tar.Header{Name: f.Name, Mode: 0o644, Size: int64(len(f.Data)), ModTime: at.UTC().
			Truncate(time.Second), Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := t.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Unpack returns the media type of an artifact's configuration, and the artifact with its blobs: first the
// configuration, then the layers. What the manifest does not embed comes from read, which may be called from several
// goroutines.
func Unpack(
	m content.Manifest, read func(content.Blob) ([]byte, error),
) (configType string, c content.Content, err error) {
	var parsed manifestOf
	if err := json.Unmarshal(m.Data, &parsed); err != nil {
		return "", content.Content{}, fault.New(fault.Registry, "reading an artifact: %w: %w", ErrUnreadable, err)
	}
	if len(parsed.Layers) == 0 || parsed.Config.Digest.Hex == "" {
		return "", content.Content{}, fault.New(fault.Registry, "the artifact has no configuration or no layer: %w",
			ErrUnreadable)
	}
	c.Manifests = []content.Manifest{m}
	for _, d := range append([]v1.Descriptor{parsed.Config}, parsed.Layers...) {
		c.Blobs = append(c.Blobs, content.Blob{Digest: d.Digest, Size: d.Size, Data: embedded(d)})
		c.Manifests[0].Blobs = append(c.Manifests[0].Blobs, d.Digest)
	}
	all := goroutine.NewGroup()
	for i := range c.Blobs {
		if c.Blobs[i].Data != nil {
			continue
		}
		all.Go(func() (err error) {
			c.Blobs[i].Data, err = read(c.Blobs[i])
			return err
		})
	}
	err = all.Wait()
	return string(parsed.Config.MediaType), c, err
}

// Annotation returns an annotation of an artifact's manifest; "" is none.
func Annotation(m content.Manifest, key string) string {
	var parsed manifestOf
	if json.Unmarshal(m.Data, &parsed) != nil {
		return ""
	}
	return parsed.Annotations[key]
}
