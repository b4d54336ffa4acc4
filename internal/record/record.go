// Package record is a release written down: its record, what differs between one and a candidate, and the artifact by
// which a registry keeps it, in the repository NAME-release beside the images. Bytes go in, values come out, and back.
package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/stamp"
)

// The kinds of a record.
const (
	KindRelease  = "release"
	KindRollback = "rollback"
)

// Repository is the repository, beside those of the images, in which a distribution of this name keeps its records.
func Repository(name string) string { return name + "-release" }

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
	Origin   string    `json:"origin,omitempty"` // what Inputs came of, beside the pin: build.Origin
	Packages string    `json:"packages"`         // the day of Debian's packages
	LeftOut  []LeftOut `json:"left_out"`

	Changes  []Change   `json:"changes,omitempty"` // in the tree, in the order of the series
	Images   []Image    `json:"images"`
	Moving   []string   `json:"moving"`
	Accepted []Accepted `json:"accepted"`
	Reason   string     `json:"reason,omitempty"` // of a rollback
	Of       string     `json:"of,omitempty"`     // the release that a rollback goes back to
	Source   string     `json:"source,omitempty"` // the branch of the patched commit

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

// Change is a change that is in the tree of a release.
type Change struct {
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

type Image struct {
	Name      string   `json:"name"`
	Digest    string   `json:"digest"`
	Platforms []string `json:"platforms"`
	Tags      []string `json:"tags"`
	Bytes     int64    `json:"bytes"` // compressed, all platforms
	Inputs    string   `json:"inputs"`

	Parts map[string]string `json:"parts,omitempty"` // the inputs one by one: image.Spec.Parts

	Blobs []Blob `json:"blobs"` // configs and layers
}

type Blob struct {
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
}

// ErrUnreadable marks a record that a registry gave, or should have, and that asking again does not make readable.
var ErrUnreadable = errors.New("its record cannot be read")

// Parse reads a record and refuses one that this Howdah does not understand.
func Parse(data []byte) (*Record, error) {
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("reading a release's record: %w: %w", ErrUnreadable, err)
	}
	if r.Format != 1 {
		return nil, fault.New(fault.Usage, "a release's record has format %d; this Howdah knows 1", r.Format).
			WithHint("a newer Howdah wrote it: update this one")
	}
	if _, err := stamp.ParseTag(r.Tag); err != nil {
		return nil, fmt.Errorf("reading a release's record: %w: %w", ErrUnreadable, err)
	}
	for _, i := range r.Images {
		if i.Name == "" || i.Digest == "" {
			return nil, fault.New(fault.Registry, "the record of %q names an image without a digest: %w", r.Tag, ErrUnreadable)
		}
	}
	if len(r.Images) == 0 {
		return nil, fault.New(fault.Registry, "the record of %q names no image: %w", r.Tag, ErrUnreadable)
	}
	return &r, nil
}

// Bytes is the record as it is kept: the same record gives the same bytes.
func (r *Record) Bytes() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Image returns the image of a name, as howdah.toml has it; false where the record has none.
func (r *Record) Image(name string) (Image, bool) {
	i := slices.IndexFunc(r.Images, func(i Image) bool { return i.Name == name })
	if i < 0 {
		return Image{}, false
	}
	return r.Images[i], true
}

// ImageNames lists the names of the images, in the order of the record.
func (r *Record) ImageNames() []string {
	var out []string
	for _, i := range r.Images {
		out = append(out, i.Name)
	}
	return out
}

// ParsedTag is the record's tag; Parse has refused a record whose tag is not one.
func (r *Record) ParsedTag() stamp.Tag {
	t, err := stamp.ParseTag(r.Tag)
	if err != nil {
		panic("a record without a tag")
	}
	return t
}

// WithTags returns a copy of the record with these tags on each image.
func (r Record) WithTags(tags []string) *Record {
	r.Images = slices.Clone(r.Images)
	for i := range r.Images {
		r.Images[i].Tags = slices.Clone(tags)
	}
	return &r
}

// SameImages reports whether two records have the same images, by name and digest, in the same order.
func SameImages(a, b *Record) bool {
	return slices.EqualFunc(a.Images, b.Images,
		func(x, y Image) bool { return x.Name == y.Name && x.Digest == y.Digest })
}
