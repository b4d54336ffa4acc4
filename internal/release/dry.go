package release

import (
	"slices"

	"github.com/howdah/howdah/internal/fault"
)

// Dry returns what Publish would do with a plan. Had says, by image, why one need not be built.
func (s Store) Dry(p *Plan, had map[string]string) *Result {
	res := &Result{State: Planned, Record: p.Record, Warnings: []string{}}
	if p.State == Unchanged || p.State == Held {
		return p.idle(s.Settings)
	}
	for _, image := range s.Settings.Images {
		step := Step{What: "build", On: image, Skip: had[image]}
		if p.Record != nil {
			step.Skip = "its images are at the registries already"
		}
		res.Steps = append(res.Steps, step)
	}
	newest := p.Known.isNewest(p.Tag)
	for _, r := range s.Settings.Registries {
		st := RegistryState{Name: r.String(), State: Planned}
		skip := ""
		if err := p.Known.Errors[r.String()]; err != nil {
			st.State, st.Error, st.code, skip = lagging, err.Error(), fault.CodeOf(err), "does not answer"
		}
		res.Registries = append(res.Registries, st)
		for _, image := range append(slices.Clone(s.Settings.Images), s.Settings.artifact()) {
			res.Steps = append(res.Steps, Step{What: "upload", On: r.Name(image), Skip: skip, Bytes: p.Known.bytes(image)})
		}
	}
	if p.candidate.Stamp.Push != "" {
		res.Steps = append(res.Steps, Step{What: "push", On: p.candidate.Stamp.Push, To: "howdah/" + p.Tag.String()})
	}
	for _, r := range s.Settings.Registries {
		for _, image := range s.Settings.Images {
			res.Steps = append(res.Steps, Step{What: "tag", On: r.Name(image), To: p.Tag.String()})
		}
	}
	for _, r := range s.Settings.Registries {
		for _, image := range s.Settings.Images {
			for _, m := range s.Settings.Moving {
				step := Step{What: "move", On: r.Name(image), To: m}
				if !newest {
					step.Skip = "a newer release has it"
				}
				res.Steps = append(res.Steps, step)
			}
		}
		res.Steps = append(res.Steps, Step{What: "tag", On: r.Name(s.Settings.artifact()), To: p.Tag.String()},
			Step{What: "move", On: r.Name(s.Settings.artifact()), To: currentTag})
	}
	return res
}

// bytes returns the size of an image in the newest release, as an estimate for the next.
func (k *Known) bytes(image string) int64 {
	if k.Newest == nil {
		return 0
	}
	i, _ := k.Newest.Image(image)
	return i.Bytes
}

// Names returns the full names that a plan would write, for publish:tag.
func (p *Plan) Names(s Settings) []string {
	var out []string
	for _, r := range s.Registries {
		for _, image := range s.Images {
			for _, t := range append([]string{p.Tag.String()}, s.Moving...) {
				out = append(out, r.Name(image)+":"+t)
			}
		}
		out = append(out, r.Name(s.artifact())+":"+p.Tag.String(), r.Name(s.artifact())+":"+currentTag)
	}
	return out
}
