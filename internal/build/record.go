package build

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/upstream"
	"github.com/howdah/howdah/internal/view"
)

// Record is dist/image-build.json: what was built, and from what.
type Record struct {
	Built    time.Time    `json:"built"`
	Upstream upstream.Pin `json:"upstream"`
	Date     string       `json:"date"`
	Without  []string     `json:"without"`
	Tree     string       `json:"tree"`
	Commit   string       `json:"commit"`
	Packages string       `json:"packages"`
	Version  string       `json:"version"` // of upstream
	Inputs   string       `json:"inputs"`  // of the release
	Images   []Image      `json:"images"`
}

// Image is a built image: of all platforms, or of one.
type Image struct {
	Name      string   `json:"name"`
	Layout    string   `json:"layout"`
	Digest    string   `json:"digest"`
	Inputs    string   `json:"inputs"`
	Platforms []string `json:"platforms"`
	Bytes     int64    `json:"bytes"`
}

// Last reads dist/image-build.json; nil if nothing was built.
func Last(s *session.Session) (*Record, error) {
	data, err := files.ReadAt(s.Config.Result("image-build.json"), files.MaxResult)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var b Record
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, fault.New(fault.Usage, "reading dist/image-build.json: %w", err).
			WithHint("remove it, and build again: %s", target.ImageBuild.Command())
	}
	return &b, nil
}

// writeRecord writes dist/image-build.json. It keeps earlier images of the same inputs.
func writeRecord(ctx context.Context, s *session.Session, b *Build, results []Image) error {
	c, up := b.Candidate, b.Candidate.Upstream
	out := Record{
		Built: s.Now.UTC().Truncate(time.Second), Upstream: up.Pin, Date: c.Day.Format(time.DateOnly),
		Without: up.Options.Without,
		Tree:    string(c.Tree.Root()), Commit: string(c.Commit), Packages: b.Packages, Version: up.Facts.Version.String(),
		Inputs: b.Release.Inputs(), Images: []Image{},
	}
	wanted := map[string]bool{}
	for _, spec := range b.Specs {
		parts, err := parts(ctx, s, spec)
		if err != nil {
			return err
		}
		for _, o := range append(parts, wholeJob(s, b, spec)) {
			wanted[o.inputs] = true
		}
	}
	before, err := Last(s)
	if err == nil && before != nil {
		for _, i := range before.Images {
			if wanted[i.Inputs] || b.Inputs[i.Name] == i.Inputs {
				out.Images = append(out.Images, i)
			}
		}
	}
	for _, r := range results {
		if r.Digest == "" {
			continue
		}
		out.Images = slices.DeleteFunc(out.Images, func(i Image) bool { return i.Inputs == r.Inputs })
		out.Images = append(out.Images, r)
	}
	return view.WriteJSON(s.Config.Result("image-build.json"), out, s.Term.Secrets())
}

// current returns the images of a build, without single platforms that have been joined since.
func (b *Record) current() []Image {
	return slices.DeleteFunc(slices.Clone(b.Images), func(i Image) bool {
		return slices.ContainsFunc(b.Images,
			func(o Image) bool { return o.Name == i.Name && len(o.Platforms) > len(i.Platforms) })
	})
}
