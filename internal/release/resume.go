package release

import (
	"context"
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// Resume finishes the release that was begun last: the one that the journal left undone, else the newest that some
// registry lacks or whose tags were about to move. What it needs is at the registries; nothing is built. With dry it only
// tells what it would do.
func Resume(ctx context.Context, c *registry.Client, s Settings, hooks Hooks, dry bool) (*Result, error) {
	k, err := Read(ctx, c, s)
	if err != nil {
		return &Result{State: Failed}, err
	}
	if err := k.unreachable(s); err != nil {
		return &Result{State: Failed}, err
	}
	got, err := k.undone(ctx, c, s)
	if err != nil {
		return &Result{State: Failed}, err
	}
	if got == nil {
		return (&Plan{State: Unchanged, Known: k}).idle(s), nil
	}
	p := &Plan{State: Done, Tag: got.Record.Parsed(), Record: got.Record, Known: k, kept: got}
	if dry {
		return Dry(s, p, nil), nil
	}
	return Publish(ctx, c, s, p, nil, hooks)
}

// undone looks for a release to finish; nil is none.
func (k *Known) undone(ctx context.Context, c *registry.Client, s Settings) (*kept, error) {
	if got := k.newestPending(ctx); got != nil && k.isNewest(got.Record.Parsed()) && !slices.Contains(k.Tags, got.Record.Parsed()) {
		if free, err := k.free(ctx, c, got.Record); err != nil || free {
			return got, err
		}
	}
	if k.Newest == nil {
		return nil, k.nothing(s)
	}
	got, err := k.record(ctx, k.Newest.Tag)
	if err != nil {
		return nil, err
	}
	if whole, err := k.whole(ctx, c, s, got); err != nil || !whole {
		return got, err
	}
	return nil, k.nothing(s)
}

// newestPending gives the newest release whose tags were about to move.
func (k *Known) newestPending(ctx context.Context) *kept {
	var best *kept
	for _, sh := range k.shelves {
		if sh.err != nil || !sh.has(pendingTag) {
			continue
		}
		if got, err := readRecord(ctx, sh.repo, pendingTag); err == nil && (best == nil || got.Record.Tag > best.Record.Tag) {
			best = got
		}
	}
	return best
}

// nothing is the error where a release was begun here of which no registry knows: nothing has moved, so nothing is to be finished.
func (k *Known) nothing(s Settings) error {
	j, err := OpenJournal(s.Dist)
	if err != nil {
		return err
	}
	defer j.Close()
	b := j.unfinished()
	if b == nil {
		return nil
	}
	if t, err := stamp.ParseTag(b.tag); err != nil || !k.isNewest(t) || slices.Contains(k.Tags, t) {
		return nil
	}
	return fault.New(fault.Usage, "release %s was stopped before any tag moved: nothing of it is published", b.tag).WithHint("release begins it again and uploads only what is missing")
}

// Dry tells what Publish would do with a plan, and does nothing. had says, by image, why one need not be built.
func Dry(s Settings, p *Plan, had map[string]string) *Result {
	res := &Result{State: Planned, Record: p.Record, Warnings: []string{}}
	if p.State == Unchanged || p.State == Held {
		return p.idle(s)
	}
	for _, image := range s.Images {
		step := Step{What: "build", On: image, Skip: had[image]}
		if p.Record != nil {
			step.Skip = "its images are at the registries"
		}
		res.Steps = append(res.Steps, step)
	}
	newest := p.Known.isNewest(p.Tag)
	for _, r := range s.Registries {
		st := RegistryState{Name: r.String(), State: Planned}
		skip := ""
		if err := p.Known.Errors[r.String()]; err != nil {
			st.State, st.Error, st.Code, skip = Lagging, err.Error(), fault.CodeOf(err), "does not answer"
		}
		res.Registries = append(res.Registries, st)
		for _, image := range append(slices.Clone(s.Images), s.artifact()) {
			res.Steps = append(res.Steps, Step{What: "upload", On: r.Name(image), Skip: skip, Bytes: p.Known.bytes(image)})
		}
	}
	if p.Candidate.Stamp.Push != "" {
		res.Steps = append(res.Steps, Step{What: "push", On: p.Candidate.Stamp.Push, To: "howdah/" + p.Tag.String()})
	}
	for _, r := range s.Registries {
		for _, image := range s.Images {
			res.Steps = append(res.Steps, Step{What: "tag", On: r.Name(image), To: p.Tag.String()})
		}
	}
	for _, r := range s.Registries {
		for _, image := range s.Images {
			for _, m := range s.Moving {
				step := Step{What: "move", On: r.Name(image), To: m}
				if !newest {
					step.Skip = "a newer release has it"
				}
				res.Steps = append(res.Steps, step)
			}
		}
		res.Steps = append(res.Steps, Step{What: "tag", On: r.Name(s.artifact()), To: p.Tag.String()}, Step{What: "move", On: r.Name(s.artifact()), To: currentTag})
	}
	return res
}

// bytes is the size of an image of the newest release, as an estimate of the next.
func (k *Known) bytes(image string) int64 {
	if k.Newest == nil {
		return 0
	}
	i, _ := k.Newest.Image(image)
	return i.Bytes
}

// Names are the full names that a plan would write, for publish:tag.
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
