package release

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
	"github.com/howdah/howdah/internal/stamp"
)

// The moving tags of NAME-release.
const (
	currentTag = "current" // the newest release
	pendingTag = "pending" // a release whose images are uploaded and whose tags are being moved; later the same as current
	holdTag    = "hold"    // the hold, which is another artifact
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

// artifactOf makes the artifact that keeps a record: the same record and settings give the same bytes.
func artifactOf(s Settings, r *Record) (content.Content, error) {
	config, err := r.bytes()
	if err != nil {
		return content.Content{}, err
	}
	layer, err := archive(r.Created, file{kustomizationFile, kustomization(s, r)}, file{composeFile, compose(s, r)})
	if err != nil {
		return content.Content{}, err
	}
	return pack(artifactType, part{recordType, config}, part{layerType, layer}, map[string]string{
		"org.opencontainers.image.title":    s.artifact(),
		"org.opencontainers.image.created":  r.Released.UTC().Format(time.RFC3339),
		"org.opencontainers.image.version":  r.Version,
		"org.opencontainers.image.source":   r.Upstream.URL, // Flux shows source and revision
		"org.opencontainers.image.revision": r.Upstream.Ref + "@sha1:" + r.Upstream.Commit,
		stamp.Namespace + "tag":             r.Tag,
		stamp.Namespace + "kind":            r.Kind,
	})
}

// part is the configuration or the layer of an artifact.
type part struct {
	mediaType string
	data      []byte
}

// mostEmbedded is the size up to which a part stands in the manifest too, in its descriptor's "data"
// (https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md): it is then read in the same request. A
// manifest may have 4 MiB, and Base64 takes a third more.
const mostEmbedded = 1 << 20

// pack makes an artifact of a configuration and one layer.
func pack(kind string, config, layer part, annotations map[string]string) (content.Content, error) {
	var c content.Content
	describe := func(p part) (v1.Descriptor, error) {
		h, n, err := v1.SHA256(bytes.NewReader(p.data))
		c.Blobs = append(c.Blobs, content.Blob{Digest: h, Size: n, Data: p.data})
		d := v1.Descriptor{MediaType: types.MediaType(p.mediaType), Digest: h, Size: n}
		if n <= mostEmbedded {
			d.Data = p.data
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

// file is a file of a record's layer.
type file struct {
	name string
	data []byte
}

// archive makes a tarball of files, the same for the same bytes.
func archive(at time.Time, files ...file) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	t := tar.NewWriter(z)
	for _, f := range files {
		if err := t.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.data)), ModTime: at.UTC().
			Truncate(time.Second), Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.data); err != nil {
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

// storedRecord is a record as a registry has it.
type storedRecord struct {
	Record  *Record
	Content content.Content
}

func (k *storedRecord) digest() string { return k.Content.Digest().String() }

// unpack gives the parts of an artifact from a registry.
func unpack(m content.Manifest, read func(content.Blob) ([]byte, error)) (manifestOf, content.Content, error) {
	var parsed manifestOf
	if err := json.Unmarshal(m.Data, &parsed); err != nil {
		return parsed, content.Content{}, fault.New(fault.Registry, "reading an artifact: %w: %w", errRecord, err)
	}
	if len(parsed.Layers) == 0 || parsed.Config.Digest.Hex == "" {
		return parsed, content.Content{}, fault.New(fault.Registry, "the artifact has no configuration or no layer: %w",
			errRecord)
	}
	c := content.Content{Manifests: []content.Manifest{m}}
	for _, d := range append([]v1.Descriptor{parsed.Config}, parsed.Layers...) {
		c.Blobs = append(c.Blobs, content.Blob{Digest: d.Digest, Size: d.Size, Data: embedded(d)})
		c.Manifests[0].Blobs = append(c.Manifests[0].Blobs, d.Digest)
	}
	err := parallel(len(c.Blobs), func(i int) (err error) {
		if c.Blobs[i].Data != nil {
			return nil
		}
		c.Blobs[i].Data, err = read(c.Blobs[i])
		return err
	})
	return parsed, c, err
}

// annotation gives an annotation of an artifact's manifest; "" is none.
func annotation(m content.Manifest, key string) string {
	var parsed manifestOf
	if json.Unmarshal(m.Data, &parsed) != nil {
		return ""
	}
	return parsed.Annotations[key]
}
