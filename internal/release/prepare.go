package release

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

type PrepareOptions struct {
	Accept   Accept
	Ancestor ancestorTest // nil: not known
	Now      time.Time
}

// Prepare judges a proposed release before anything is built: what exists already, the hold, the gates, permissions
// and free disk. If the plan has a record, that release is to be finished as it is, without a build.
func (s Store) Prepare(ctx context.Context, k *Known, cand Proposal, o PrepareOptions) (*Plan, error) {
	accept := o.Accept
	if err := accept.check(); err != nil {
		return nil, err
	}
	if err := cand.Stamp.Check(); err != nil {
		return nil, err
	}
	for _, t := range s.Settings.Moving {
		if err := address.CheckTag(t); err != nil {
			return nil, err
		}
	}
	if err := k.unreachable(s.Settings); err != nil {
		return nil, err
	}
	tag, err := stamp.NewTag(o.Now, cand.Stamp.Version, cand.Upstream.Commit, cand.Inputs())
	if err != nil {
		return nil, err
	}
	p := &Plan{State: Done, Tag: tag, Known: k, candidate: cand, accept: accept}
	if err := p.unchanged(ctx, s); err != nil || p.State == Unchanged {
		return p, err
	}
	a := s.survey(ctx, k)
	if k, err = p.Known.completed(s.Settings, a.older); err != nil {
		return nil, err
	}
	p.Known = k
	if err := p.takeOver(ctx, s, a); err != nil || p.State == Unchanged {
		return p, err
	}
	var refusals []refusal
	if k.hold.On {
		what := fmt.Sprintf("held since %s: %s", k.hold.Since.Format(time.RFC3339), k.hold.Reason)
		if !s.Settings.Attended && !accept.Passes(target.GateHold) {
			p.State, p.Why = Held, what
			return p, nil
		}
		refusals = append(refusals, refusal{target.GateHold, what, fault.Hintf("%s lifts it", liftHold)})
	}
	if p.Record == nil { // otherwise it passed the other gates when it began
		refusals = append(refusals, k.unread()...)
		more, err := judge(ctx, k, cand, o.Ancestor)
		if err != nil {
			return nil, err
		}
		refusals = append(refusals, more...)
	}
	if p.Accepted, err = accept.settle(refusals); err != nil || p.Record != nil {
		return p, err
	}
	if err := cmp.Or(s.rights(ctx), a.lastErr); err != nil { // missing permission explains more than an unreadable tag
		return p, err
	}
	if last := k.later(a.last); !p.Tag.Time.After(last) { // this machine's clock may be behind another's
		p.Tag.Time = last.Add(time.Second)
	}
	return p, room(s.Settings, k)
}

// Confirm is Prepare for a proposal that is known to have the newest release's inputs. It returns nil if some
// registry did not answer or lacks a part of that release: then Prepare has to judge.
func (s Store) Confirm(ctx context.Context, k *Known) (*Plan, error) {
	if k.Newest == nil || len(k.Errors) > 0 {
		return nil, nil
	}
	p := &Plan{Tag: k.Newest.ParsedTag(), Known: k}
	if err := p.unchanged(ctx, s); err != nil || p.State != Unchanged {
		return nil, err
	}
	return p, nil
}

// survey has independent facts that are needed before something new is published.
type survey struct {
	older    []older
	begun    []*storedRecord
	begunErr error
	last     time.Time
	lastErr  error
}

// survey asks for all of them at once. Permissions are only checked if something is to be published, because the
// check starts uploads.
func (s Store) survey(ctx context.Context, k *Known) (a survey) {
	do := []func(){
		func() { a.older = s.readOlder(ctx, k) },
		func() { a.begun, a.begunErr = s.begun(ctx, k) },
		func() { a.last, a.lastErr = s.lastTime(ctx, k) },
	}
	_ = parallel(len(do), func(i int) error {
		do[i]()
		return nil
	})
	return a
}

// later returns the later of a time and the newest release's time.
func (k *Known) later(t time.Time) time.Time {
	if n := len(k.tags); n > 0 && k.tags[n-1].Time.After(t) {
		return k.tags[n-1].Time
	}
	return t
}

// unreachable returns the errors of required registries.
func (k *Known) unreachable(s Settings) error {
	var errs []error
	for _, sh := range k.inventories {
		if sh.err != nil && s.required(sh.registry) {
			errs = append(errs, sh.err)
		}
	}
	return errors.Join(errs...)
}

// rights asks every registry whether this run may push every image.
func (s Store) rights(ctx context.Context) error {
	return s.everywhere(func(r address.Registry, image string) error {
		repo, err := s.repo(r, image)
		if err == nil {
			err = repo.CanPush(ctx)
		}
		if !s.Settings.required(r) {
			return nil
		}
		return err
	})
}

// lastTime returns the time of the latest release's tag at any registry: of a release, of one that was begun, or of
// images that never became one.
func (s Store) lastTime(ctx context.Context, k *Known) (time.Time, error) {
	var mu sync.Mutex
	var last time.Time
	see := func(tags ...stamp.Tag) {
		mu.Lock()
		defer mu.Unlock()
		for _, t := range tags {
			if t.Time.After(last) {
				last = t.Time
			}
		}
	}
	see(k.tags...)
	after := ""
	if len(k.tags) > 0 {
		after = k.tags[len(k.tags)-1].String()
	}
	err := s.everywhere(func(r address.Registry, image string) error {
		repo, err := s.repo(r, image)
		if err != nil {
			return err
		}
		if image == s.Settings.artifact() {
			begun, err := point(ctx, repo, pendingTag)
			if begun.found {
				see(begun.tag)
			}
			return s.needed(r, err)
		}
		names, err := repo.TagsAfter(ctx, after)
		see(stamp.Tags(names)...)
		return s.needed(r, err)
	})
	return last, err
}

// needed returns an error of a required registry. A repository that may be pushed to and not read does not exist yet,
// which is no error.
func (s Store) needed(r address.Registry, err error) error {
	if !s.Settings.required(r) || fault.CodeOf(err) == fault.Auth {
		return nil
	}
	return err
}

// everywhere calls do for every image, and for the record's artifact, at every registry, at the same time.
func (s Store) everywhere(do func(address.Registry, string) error) error {
	images := append(slices.Clone(s.Settings.Images), s.Settings.artifact())
	errs := make([]error, len(s.Settings.Registries)*len(images))
	var all goroutine.All
	for i := range errs {
		all.Go(func() { errs[i] = do(s.Settings.Registries[i/len(images)], images[i%len(images)]) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// room refuses to begin if the disk of a local registry has less free space than the newest release needs.
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
	if free, err := fault.Free(s.Dist); err == nil && free < need+16<<20 {
		return fault.New(fault.Other, "%d MB are free on the disk of %q; a release needs about %d", free>>20, s.Dist,
			(need+16<<20)>>20).
			WithHint("%s frees what can be fetched or built again", target.CachePrune.Command())
	}
	return nil
}
