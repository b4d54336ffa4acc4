package release

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/deployment"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/stamp"
)

// The media types of the artifact NAME-release. The type of its layer is Flux's, so that Flux can read it.
const (
	artifactType = "application/vnd.howdah.release.v1"
	recordType   = "application/vnd.howdah.release.v1+json"
	holdType     = "application/vnd.howdah.hold.v1+json"
	layerType    = "application/vnd.cncf.flux.content.v1.tar+gzip"
)

// The moving tags of NAME-release.
const (
	currentTag = stamp.TagCurrent // the newest release
	pendingTag = stamp.TagPending // a release whose tags are being moved; later the same as current
	holdTag    = stamp.TagHold    // the hold, which is another kind of artifact
)

// claimForm matches a claim: a tag of NAME-release that consists of a release's tag, a dot, and the first digits of
// its record's digest. A run writes it together with pending, before it writes the release's tag on any image. Two
// runs that release the same inputs in the same second have one tag and two records; so if there is a claim with the
// digits of another record, the images' tag may point to other bytes. A claim never moves, is not a release's tag,
// and sorts right after the tag that it claims.
var claimForm = regexp.MustCompile(`^(.+)\.[0-9a-f]{12}$`)

// claimTag returns the claim of the run with this record.
func claimTag(tag, digest string) string {
	_, digits, _ := strings.Cut(digest, ":")
	return tag + "." + digits[:12]
}

// claimed returns the release's tag in a claim; "" if the name is not a claim.
func claimed(name string) string {
	m := claimForm.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	if _, err := stamp.ParseTag(m[1]); err != nil {
		return ""
	}
	return m[1]
}

// contested reports whether a registry shows that another run claimed a release's tag.
func (sh *inventory) contested(of *storedRecord) bool {
	own := claimTag(of.Record.Tag, of.digest())
	return slices.ContainsFunc(sh.tags, func(t string) bool { return t != own && claimed(t) == of.Record.Tag })
}

// storedRecord is a record as a registry has it.
type storedRecord struct {
	Record  *record.Record
	Content content.Content
}

func (k *storedRecord) digest() string { return k.Content.Digest().String() }

// artifactOf returns the artifact with a record: the same record and settings give the same bytes.
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
