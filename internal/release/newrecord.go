package release

import (
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// newRecord returns the record of the release that is about to be published.
func newRecord(
	s Settings, p *Plan, deliveries []registry.Delivery, images []Image, accepted []record.Accepted,
) *record.Record {
	c := p.candidate
	rec := &record.Record{
		Format: 1, Kind: record.KindRelease, Name: s.Name, Version: c.Stamp.Shown(), Tag: p.Tag.String(),
		Released: p.Tag.Time,
		Created:  c.Stamp.Created.UTC(),
		Upstream: c.Upstream, Tree: c.Tree, Commit: c.Commit, Inputs: c.Inputs(), Packages: c.Packages,
		Origin:  c.Origin,
		LeftOut: orEmpty(c.LeftOut), Changes: c.Changes,
		Moving: orEmpty(s.Moving), Accepted: orEmpty(accepted), Migrations: orEmpty(c.Migrations),
		Database: orEmpty(c.Migrations),
	}
	if c.Stamp.Push != "" {
		rec.Source = "howdah/" + rec.Tag
	}
	if n := p.Known.Newest; n != nil && !passed(accepted, target.GateSchema) {
		rec.Database = stamp.Migrations(append(append([]string{}, c.Migrations...), n.Database...))
	}
	for _, d := range deliveries {
		i := record.Image{Name: d.Image, Digest: d.Content.Digest().String(), Tags: append([]string{rec.Tag}, s.Moving...),
			Bytes: d.Content.Bytes(), Inputs: c.Images[d.Image], Parts: c.Parts[d.Image]}
		for _, img := range images {
			if img.Name == d.Image {
				i.Platforms = orEmpty(img.Platforms)
			}
		}
		for _, b := range d.Content.Blobs {
			i.Blobs = append(i.Blobs, record.Blob{Digest: b.Digest.String(), Size: b.Size})
		}
		rec.Images = append(rec.Images, i)
	}
	return rec
}

func passed(accepted []record.Accepted, gate string) bool {
	for _, a := range accepted {
		if a.Gate == gate {
			return true
		}
	}
	return false
}
