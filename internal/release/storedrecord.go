package release

import (
	"time"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/deployment"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/stamp"
)

// The media types of the artifact NAME-release. Its layer is of Flux's type, so that Flux reads it as it is.
const (
	artifactType = "application/vnd.howdah.release.v1"
	recordType   = "application/vnd.howdah.release.v1+json"
	holdType     = "application/vnd.howdah.hold.v1+json"
	layerType    = "application/vnd.cncf.flux.content.v1.tar+gzip"
)

// The moving tags of NAME-release.
const (
	currentTag = "current" // the newest release
	pendingTag = "pending" // a release whose images are uploaded and whose tags are being moved; later the same as current
	holdTag    = "hold"    // the hold, which is another artifact
)

// storedRecord is a record as a registry has it.
type storedRecord struct {
	Record  *record.Record
	Content content.Content
}

func (k *storedRecord) digest() string { return k.Content.Digest().String() }

// artifactOf makes the artifact that keeps a record: the same record and settings give the same bytes.
func artifactOf(s Settings, r *record.Record) (content.Content, error) {
	config, err := r.Bytes()
	if err != nil {
		return content.Content{}, err
	}
	layer, err := record.Archive(r.Created,
		record.File{Name: deployment.KustomizationFile, Data: deployment.Kustomization(s.primary(), r)},
		record.File{Name: deployment.ComposeFile, Data: s.compose(r)})
	if err != nil {
		return content.Content{}, err
	}
	return record.Pack(artifactType, record.Part{MediaType: recordType, Data: config},
		record.Part{MediaType: layerType, Data: layer}, map[string]string{
			"org.opencontainers.image.title":    s.artifact(),
			"org.opencontainers.image.created":  r.Released.UTC().Format(time.RFC3339),
			"org.opencontainers.image.version":  r.Version,
			"org.opencontainers.image.source":   r.Upstream.URL, // Flux shows source and revision
			"org.opencontainers.image.revision": r.Upstream.Ref + "@sha1:" + r.Upstream.Commit,
			stamp.Namespace + "tag":             r.Tag,
			stamp.Namespace + "kind":            r.Kind,
		})
}
