package release

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// Prepare judges a candidate before anything is built: what is there already, the hold, the gates, rights and room.
// ancestor may be nil. A plan that names a record is one to be finished as it is: nothing needs to be built.
func Prepare(ctx context.Context, c *registry.Client, s Settings, k *Known, cand Candidate, accept Accept, ancestor Ancestor, now time.Time) (*Plan, error) {
	if err := accept.Check(); err != nil {
		return nil, err
	}
	if err := cand.Stamp.Check(); err != nil {
		return nil, err
	}
	for _, t := range s.Moving {
		if err := registry.CheckTag(t); err != nil {
			return nil, err
		}
	}
	if err := k.unreachable(s); err != nil {
		return nil, err
	}
	tag, err := stamp.NewTag(now, cand.Stamp.Version, cand.Upstream.Commit, cand.Inputs())
	if err != nil {
		return nil, err
	}
	p := &Plan{State: Done, Tag: tag, Known: k, Candidate: cand, accept: accept}
	if err := p.takeOver(ctx, c, s); err != nil || p.State == Unchanged {
		return p, err
	}
	var refusals []refusal
	if k.Hold.On {
		what := fmt.Sprintf("held since %s: %s", k.Hold.Since.Format(time.RFC3339), k.Hold.Reason)
		if !s.Attended && !accept.Passes(GateHold) {
			p.State, p.Why = Held, what
			return p, nil
		}
		refusals = append(refusals, refusal{GateHold, what, "publish:hold -off lifts it"})
	}
	if p.Record == nil { // else it passed the other gates when it was begun
		more, err := judge(ctx, k, cand, ancestor)
		if err != nil {
			return nil, err
		}
		refusals = append(refusals, more...)
	}
	if p.Accepted, err = accept.settle(refusals); err != nil || p.Record != nil {
		return p, err
	}
	taken, err := rights(ctx, c, s)
	if err != nil {
		return p, err
	}
	if last := slices.Concat(k.Tags, taken); len(last) > 0 { // this clock may be behind another's
		if m := slices.MaxFunc(last, func(a, b stamp.Tag) int { return a.Time.Compare(b.Time) }); !p.Tag.Time.After(m.Time) {
			p.Tag.Time = m.Time.Add(time.Second)
		}
	}
	return p, room(s, k)
}

// unreachable gives the errors of registries that are required.
func (k *Known) unreachable(s Settings) error {
	var errs []error
	for _, sh := range k.shelves {
		if sh.err != nil && s.required(sh.registry) {
			errs = append(errs, sh.err)
		}
	}
	return errors.Join(errs...)
}

// takeOver looks for the same content: whole everywhere it is unchanged, else it is finished under its own tag.
func (p *Plan) takeOver(ctx context.Context, c *registry.Client, s Settings) error {
	k := p.Known
	if t, ok := k.find(p.Tag); ok {
		got, err := k.record(ctx, t.String())
		if err != nil {
			return err
		}
		whole, err := k.whole(ctx, c, s, got)
		if err != nil {
			return err
		}
		if !whole {
			if free, err := k.free(ctx, c, got.Record); err != nil || !free {
				return err // a release that cannot be made whole stays as it is, and gets a successor
			}
		}
		p.Tag = t
		if whole {
			p.State, p.Record, p.Why = Unchanged, got.Record, "the same inputs were released as "+t.String()
			return nil
		}
		p.Record, p.kept = got.Record, got
		return nil
	}
	got := k.pending(ctx, p.Tag)
	if got != nil {
		if free, err := k.free(ctx, c, got.Record); err != nil {
			return err
		} else if !free {
			got = nil
		}
	}
	if got != nil {
		p.Tag, p.Record, p.kept = got.Record.Parsed(), got.Record, got
		return nil
	}
	if j, err := OpenJournal(s.Dist); err == nil { // the time that this machine chose before it was stopped
		defer j.Close()
		if b := j.unfinished(); b != nil {
			if t, err := stamp.ParseTag(b.tag); err == nil && t.Same(p.Tag) && (len(k.Tags) == 0 || t.Time.After(k.Tags[len(k.Tags)-1].Time)) {
				p.Tag = t
			}
		}
	}
	return nil
}

// pending gives the record of a release with the same content whose tags were about to move, wherever it is kept.
func (k *Known) pending(ctx context.Context, want stamp.Tag) *kept {
	for _, sh := range k.shelves {
		if sh.err != nil || !sh.has(pendingTag) {
			continue
		}
		got, err := readRecord(ctx, sh.repo, pendingTag)
		if err == nil && got.Record.Parsed().Same(want) {
			return got
		}
	}
	return nil
}

// free says that nowhere a release's tag stands for another image: two runs of one second may have called different builds the
// same, and then neither is finished.
func (k *Known) free(ctx context.Context, c *registry.Client, r *Record) (bool, error) {
	for _, sh := range k.shelves {
		for _, i := range r.Images {
			if sh.err != nil {
				continue
			}
			repo, err := c.Repo(sh.registry, i.Name)
			if err != nil {
				return false, err
			}
			got, found, err := repo.Head(ctx, r.Tag)
			if err != nil || found && got != i.Digest {
				return false, err
			}
		}
	}
	return true, nil
}

// whole says that every registry that answers has a release with all its tags. Moving tags count for the newest only.
func (k *Known) whole(ctx context.Context, c *registry.Client, s Settings, of *kept) (bool, error) {
	results := make([]bool, len(k.shelves))
	errs := make([]error, len(k.shelves))
	var all sync.WaitGroup
	for i, sh := range k.shelves {
		if sh.err != nil {
			results[i] = true // required ones are an error elsewhere; others may lag
			continue
		}
		all.Go(func() { results[i], errs[i] = sh.whole(ctx, c, s, of, k.isNewest(of.Record.Parsed())) })
	}
	all.Wait()
	for _, r := range results {
		if !r {
			return false, errors.Join(errs...)
		}
	}
	return true, errors.Join(errs...)
}

func (k *Known) isNewest(t stamp.Tag) bool {
	return len(k.Tags) == 0 || t.String() >= k.Tags[len(k.Tags)-1].String()
}

// whole says that a registry has a release: its tag on NAME-release and on both images, and the moving tags.
func (sh *shelf) whole(ctx context.Context, c *registry.Client, s Settings, of *kept, moving bool) (bool, error) {
	if !sh.has(of.Record.Tag) {
		return false, nil
	}
	for _, w := range s.wants(of, moving) {
		repo, err := c.Repo(sh.registry, w.image)
		if err != nil {
			return false, err
		}
		got, found, err := repo.Head(ctx, w.tag)
		if err != nil || !found || got != w.digest {
			return false, err
		}
	}
	return true, nil
}

// want is what a tag should stand for.
type want struct{ image, tag, digest string }

// wants is what a registry that has a release has of it: its tag on NAME-release and on every image, and with moving
// the tags that follow the newest release.
func (s Settings) wants(of *kept, moving bool) []want {
	tag := of.Record.Tag
	out := []want{{s.artifact(), tag, of.digest()}}
	if moving {
		out = append(out, want{s.artifact(), currentTag, of.digest()})
	}
	for _, i := range of.Record.Images {
		out = append(out, want{i.Name, tag, i.Digest})
		if moving {
			for _, m := range s.Moving {
				out = append(out, want{i.Name, m, i.Digest})
			}
		}
	}
	return out
}

// rights asks every registry whether every image may be pushed there, and gives the releases' tags that images have.
func rights(ctx context.Context, c *registry.Client, s Settings) ([]stamp.Tag, error) {
	var (
		mu   sync.Mutex
		errs []error
		tags []stamp.Tag
		all  sync.WaitGroup
	)
	for _, r := range s.Registries {
		for _, image := range append(append([]string{}, s.Images...), s.artifact()) {
			all.Go(func() {
				names, err := mayPush(ctx, c, r, image)
				mu.Lock()
				defer mu.Unlock()
				tags = append(tags, stamp.Tags(names)...)
				if err != nil && s.required(r) {
					errs = append(errs, err)
				}
			})
		}
	}
	all.Wait()
	return tags, errors.Join(errs...)
}

func mayPush(ctx context.Context, c *registry.Client, r registry.Registry, image string) ([]string, error) {
	repo, err := c.Repo(r, image)
	if err != nil {
		return nil, err
	}
	if err := repo.CanPush(ctx); err != nil {
		return nil, err
	}
	names, err := repo.Tags(ctx)
	if fault.CodeOf(err) == fault.Auth {
		return nil, nil // what may be pushed to and not listed is not there yet
	}
	return names, err
}

// room refuses to begin when the disk that registries on loopback write to has less room than the newest release takes.
func room(s Settings, k *Known) error {
	if k.Newest == nil || s.Dist == "" {
		return nil
	}
	var need int64
	for _, r := range s.Registries {
		if r.Loopback() {
			for _, i := range k.Newest.Images {
				need += i.Bytes / 4 // most layers are there already
			}
		}
	}
	if err := os.MkdirAll(s.Dist, 0o755); err != nil {
		return fmt.Errorf("making room for results: %w", err)
	}
	if free, ok := freeBytes(s.Dist); ok && free < need+16<<20 {
		return fault.New(fault.Other, "%d MB are free on the disk of %q; a release needs about %d", free>>20, s.Dist, (need+16<<20)>>20).WithHint("cache:prune frees what can be had again")
	}
	return nil
}
