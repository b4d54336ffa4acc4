package release

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// The media types of the artifact NAME-release. Its layer is of Flux's type, so that Flux reads it as it is.
const (
	artifactType = "application/vnd.howdah.release.v1"
	recordType   = "application/vnd.howdah.release.v1+json"
	holdType     = "application/vnd.howdah.hold.v1+json"
	layerType    = "application/vnd.cncf.flux.content.v1.tar+gzip"
)

// The kinds of a record.
const (
	kindRelease  = "release"
	kindRollback = "rollback"
)

// Record is a release, as it is kept at every registry and in dist/releases/TAG.json. It never changes.
type Record struct {
	Format   int       `json:"format"` // 1
	Kind     string    `json:"kind"`   // "release" or "rollback"
	Name     string    `json:"name"`
	Version  string    `json:"version"` // as shown
	Tag      string    `json:"tag"`
	Released time.Time `json:"released"`
	Created  time.Time `json:"created"` // the pin's date
	Upstream Upstream  `json:"upstream"`
	Tree     string    `json:"tree"`
	Commit   string    `json:"commit"`
	Inputs   string    `json:"inputs"`
	Packages string    `json:"packages"` // the day of Debian's packages
	LeftOut  []LeftOut `json:"left_out"`

	Changes  []RecordChange `json:"changes,omitempty"` // in the tree, in the order of the series
	Images   []RecordImage  `json:"images"`
	Moving   []string       `json:"moving"`
	Accepted []Accepted     `json:"accepted"`
	Reason   string         `json:"reason,omitempty"` // of a rollback
	Of       string         `json:"of,omitempty"`     // the release that a rollback goes back to
	Source   string         `json:"source,omitempty"` // the branch of the patched commit

	Migrations []string `json:"migrations"` // of this release
	Database   []string `json:"database"`   // of all releases up to this one: what the servers' databases may hold
}

// Upstream is the pin and what it was asked for.
type Upstream struct {
	URL     string `json:"url"`
	Ref     string `json:"ref"`
	Commit  string `json:"commit"`
	Version string `json:"version"`
	Schema  string `json:"schema"`
}

// LeftOut is a change that the release does without.
type LeftOut struct {
	Name    string `json:"name"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
}

// RecordChange is a change that is in the tree of a release.
type RecordChange struct {
	Name  string   `json:"name"`
	Sum   string   `json:"sum"`
	Files []string `json:"files"`
}

// Accepted is a gate that a person let pass.
type Accepted struct {
	Gate   string `json:"gate"`
	Reason string `json:"reason"`
	What   string `json:"what"` // what the gate said
}

// RecordImage is one image of a release.
type RecordImage struct {
	Name      string   `json:"name"`
	Digest    string   `json:"digest"`
	Platforms []string `json:"platforms"`
	Tags      []string `json:"tags"`
	Bytes     int64    `json:"bytes"` // compressed, all platforms
	Inputs    string   `json:"inputs"`

	Parts map[string]string `json:"parts,omitempty"` // the inputs one by one: image.Spec.Parts

	Blobs []recordBlob `json:"blobs"` // configs and layers
}

// recordBlob is a blob of an image.
type recordBlob struct {
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
}

// ParseRecord reads a record and refuses one that this Howdah does not understand.
func ParseRecord(data []byte) (*Record, error) {
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("reading a release's record: %w: %w", errRecord, err)
	}
	if r.Format != 1 {
		return nil, fault.New(fault.Usage, "a release's record has format %d; this Howdah knows 1", r.Format).
			WithHint("a newer Howdah wrote it: update this one")
	}
	if _, err := stamp.ParseTag(r.Tag); err != nil {
		return nil, fmt.Errorf("reading a release's record: %w: %w", errRecord, err)
	}
	for _, i := range r.Images {
		if i.Name == "" || i.Digest == "" {
			return nil, fault.New(fault.Registry, "the record of %q names an image without a digest: %w", r.Tag, errRecord)
		}
	}
	if len(r.Images) == 0 {
		return nil, fault.New(fault.Registry, "the record of %q names no image: %w", r.Tag, errRecord)
	}
	return &r, nil
}

// bytes is the record as it is kept: the same record gives the same bytes.
func (r *Record) bytes() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// image gives the image of a name.
func (r *Record) image(name string) (RecordImage, bool) {
	i := slices.IndexFunc(r.Images, func(i RecordImage) bool { return i.Name == name })
	if i < 0 {
		return RecordImage{}, false
	}
	return r.Images[i], true
}

func (r *Record) names() []string {
	var out []string
	for _, i := range r.Images {
		out = append(out, i.Name)
	}
	return out
}

// parsed is the record's tag.
func (r *Record) parsed() stamp.Tag {
	t, err := stamp.ParseTag(r.Tag)
	if err != nil {
		panic("a record without a tag") // ParseRecord and newRecord see to it
	}
	return t
}

// newRecord writes down what is about to be released.
func newRecord(s Settings, p *Plan, deliveries []registry.Delivery, images []Image, accepted []Accepted) *Record {
	c := p.candidate
	rec := &Record{
		Format: 1, Kind: kindRelease, Name: s.Name, Version: c.Stamp.Shown(), Tag: p.Tag.String(), Released: p.Tag.Time,
		Created:  c.Stamp.Created.UTC(),
		Upstream: c.Upstream, Tree: c.Tree, Commit: c.Commit, Inputs: c.Inputs(), Packages: c.Packages,
		LeftOut: orEmpty(c.LeftOut), Changes: c.Changes,
		Moving: orEmpty(s.Moving), Accepted: orEmpty(accepted), Migrations: orEmpty(c.Migrations),
		Database: orEmpty(c.Migrations),
	}
	if c.Stamp.Push != "" {
		rec.Source = "howdah/" + rec.Tag
	}
	if n := p.Known.Newest; n != nil && !passed(accepted, gateSchema) {
		rec.Database = stamp.Migrations(append(append([]string{}, c.Migrations...), n.Database...))
	}
	for _, d := range deliveries {
		i := RecordImage{Name: d.Image, Digest: d.Content.Digest().String(), Tags: append([]string{rec.Tag}, s.Moving...),
			Bytes: d.Content.Bytes(), Inputs: c.Images[d.Image], Parts: c.Parts[d.Image]}
		for _, img := range images {
			if img.Name == d.Image {
				i.Platforms = orEmpty(img.Platforms)
			}
		}
		for _, b := range d.Content.Blobs {
			i.Blobs = append(i.Blobs, recordBlob{Digest: b.Digest.String(), Size: b.Size})
		}
		rec.Images = append(rec.Images, i)
	}
	return rec
}

func passed(accepted []Accepted, gate string) bool {
	for _, a := range accepted {
		if a.Gate == gate {
			return true
		}
	}
	return false
}
