package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/upstream"
)

// built is dist/image-build.json: what image:build made, and of what.
type built struct {
	Built    time.Time    `json:"built"`
	Upstream upstream.Pin `json:"upstream"`
	Date     string       `json:"date"`
	Without  []string     `json:"without"`
	Tree     string       `json:"tree"`
	Commit   string       `json:"commit"`
	Packages string       `json:"packages"`
	Version  string       `json:"version"` // upstream's
	Inputs   string       `json:"inputs"`  // of the release
	Images   []builtImage `json:"images"`
}

type builtImage struct {
	Name      string   `json:"name"`
	Layout    string   `json:"layout"`
	Digest    string   `json:"digest"`
	Inputs    string   `json:"inputs"`
	Platforms []string `json:"platforms"`
	Bytes     int64    `json:"bytes"`
}

// lastBuild reads dist/image-build.json; nil where nothing was built.
func (p *Pipeline) lastBuild() (*built, error) {
	data, err := files.ReadAt(p.cfg.Result("image-build.json"), files.MaxResult)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var b built
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, fault.New(fault.Usage, "reading dist/image-build.json: %w", err).WithHint("remove it, and build again: %s", target.ImageBuild.Command())
	}
	return &b, nil
}

// remember writes dist/image-build.json, keeping images of the same inputs that were not built now.
func (p *Pipeline) remember(ctx context.Context, b *build, results []builtImage) error {
	out := built{
		Built: p.now.UTC().Truncate(time.Second), Upstream: b.pin, Date: b.day.Format(time.DateOnly), Without: list(b.choice.Without),
		Tree: string(b.tree.Root()), Commit: string(b.commit), Packages: b.packages, Version: b.facts.Version.String(), Inputs: b.candidate.Inputs(), Images: []builtImage{},
	}
	wanted := map[string]bool{}
	for _, spec := range b.specs {
		parts, err := p.parts(ctx, spec)
		if err != nil {
			return err
		}
		for _, o := range append(parts, p.whole(b, spec)) {
			wanted[o.inputs] = true
		}
	}
	before, err := p.lastBuild()
	if err == nil && before != nil {
		for _, i := range before.Images {
			if wanted[i.Inputs] || b.inputs[i.Name] == i.Inputs {
				out.Images = append(out.Images, i)
			}
		}
	}
	for _, r := range results {
		if r.Digest == "" {
			continue
		}
		out.Images = slices.DeleteFunc(out.Images, func(i builtImage) bool { return i.Inputs == r.Inputs })
		out.Images = append(out.Images, r)
	}
	return report.WriteJSON(p.cfg.Result("image-build.json"), out, p.term.Secrets())
}

// current are the images of a build but for those single platforms that were joined into a whole one since.
func (b *built) current() []builtImage {
	return slices.DeleteFunc(slices.Clone(b.Images), func(i builtImage) bool {
		return slices.ContainsFunc(b.Images, func(o builtImage) bool { return o.Name == i.Name && len(o.Platforms) > len(i.Platforms) })
	})
}
