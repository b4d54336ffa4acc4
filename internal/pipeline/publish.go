package pipeline

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

// with opens the registries for a target that needs nothing else.
func (p *Pipeline) with(ctx context.Context, work func(*publisher) error) error {
	return p.withTries(ctx, 0, work)
}

// withTries is with, for one that does not wait for a registry to come back; 0 is the client's own patience.
func (p *Pipeline) withTries(ctx context.Context, tries int, work func(*publisher) error) error {
	out, err := p.publisherOf(ctx, tries)
	if err != nil {
		return err
	}
	defer out.close()
	return work(out)
}

// rebuild makes the run of the last image:build once more, up to its plan; whatever differs now is refused.
func (p *Pipeline) rebuild(ctx context.Context, run *run, work func(*run, *built) error) error {
	last, err := p.lastBuild()
	if err != nil {
		return err
	}
	if last == nil {
		return fault.New(fault.Usage, "nothing is built yet").WithHint("%s", target.ImageBuild.Command())
	}
	c, commit, without := &run.choice, string(last.Upstream.Commit), strings.Join(last.Without, ",")
	c.Ref, c.Date, c.built = &commit, &last.Date, &last.Upstream
	if without != "" {
		c.Without = &without
	}
	return p.at(ctx, *c, func(upstream *resolved) error {
		run.resolved = upstream
		patched, err := p.patch(ctx, upstream)
		if err != nil {
			return err
		}
		if run.out, err = p.publisher(ctx); err != nil {
			return err
		}
		defer run.out.close()
		known, err := run.out.read(ctx)
		if err != nil {
			return err
		}
		upstream.packages = last.Packages
		if run.build, err = p.plan(ctx, patched, known); err != nil {
			return err
		}
		if now := run.build.candidate.Inputs(); now != last.Inputs {
			return fault.New(fault.Usage, "the configuration now gives another build than the one in dist/ (inputs %s, built %s)", short(now), short(last.Inputs)).
				WithHint("build it: %s", target.ImageBuild.Command())
		}
		if run.plan, err = run.prepare(ctx, known); err != nil {
			return err
		}
		return work(run, last)
	})
}

// Push is publish:push: exactly the last build.
func (p *Pipeline) Push(ctx context.Context, c Choice) error {
	this := &run{p: p, choice: c}
	return this.tell(p.rebuild(ctx, this, func(r *run, last *built) error {
		if r.plan.State != release.Done {
			return nil
		}
		if set(c.Dry) {
			return r.dry(ctx)
		}
		var images []release.Image
		for _, spec := range r.build.specs {
			found := false
			for _, i := range last.Images {
				if i.Name != spec.Name || i.Inputs != r.build.inputs[spec.Name] {
					continue
				}
				if err := image.Check(i.Layout); err != nil {
					return err
				}
				found = true
				images = append(images, release.Image{Name: i.Name, Layout: i.Layout, Digest: i.Digest, Inputs: i.Inputs, Platforms: i.Platforms})
			}
			if !found {
				return fault.New(fault.Usage, "%s is not built", spec.Name).WithHint("%s", target.ImageBuild.Command("-image="+spec.Name))
			}
		}
		return r.publish(ctx, images)
	}))
}

// Tags is publish:tag: what publish:push would call the last build, with a time of now.
func (p *Pipeline) Tags(ctx context.Context) error {
	offline := true
	return p.rebuild(ctx, &run{p: p, choice: Choice{Offline: &offline}}, func(r *run, _ *built) error {
		for _, name := range r.plan.Names(r.out.settings) {
			p.term.Answerf("%s", name)
		}
		return nil
	})
}

// Serve is publish:serve.
func (p *Pipeline) Serve(ctx context.Context) error {
	return registry.Serve(ctx, p.cfg.Result("registry"), p.loopback(), func() {
		p.term.Sayf("serving %s on http://%s until interrupted", p.cfg.Result("registry"), p.loopback())
	})
}

// loopback is where this machine's own registry listens.
func (p *Pipeline) loopback() string { return "127.0.0.1:" + strconv.Itoa(p.cfg.Publish.Port) }

// PublishStatus is publish:status.
func (p *Pipeline) PublishStatus(ctx context.Context) error {
	return p.with(ctx, func(o *publisher) error {
		result, err := release.Status(ctx, o.client, o.settings, "", true)
		words := map[string]string{release.Done: "whole:", release.Planned: "nothing is released yet"}
		return p.tellResult("publish-status.json", words, result, err)
	})
}

// Resume is publish:resume.
func (p *Pipeline) Resume(ctx context.Context, all, dry *bool) error {
	return p.with(ctx, func(o *publisher) error {
		hooks, done := o.hooks(nil, nil)
		settings := o.settings
		settings.ReadAll = set(all)
		result, err := release.Resume(ctx, o.client, settings, hooks, set(dry))
		done(err)
		words := map[string]string{release.Done: "finished", release.Unchanged: "nothing to finish: whole is"}
		return p.tellResult(releaseFile, words, result, err)
	})
}

// Promote is publish:promote.
func (p *Pipeline) Promote(ctx context.Context, c Choice, tag string, to *string) error {
	moving := list(to)
	if len(moving) == 0 {
		moving = p.cfg.Publish.Moving
	}
	if len(moving) == 0 {
		return fault.New(fault.Usage, "there is no tag to move").WithHint("-to=latest, or [publish] moving")
	}
	return p.with(ctx, func(o *publisher) error {
		accept := release.Accept{Gates: list(c.Accept), Reason: p.term.Secrets().Mask(text(c.Reason))}
		result, err := release.Promote(ctx, o.client, o.settings, tag, moving, accept, set(c.Dry))
		words := map[string]string{release.Done: strings.Join(moving, ", ") + " moved to"}
		return p.tellResult(releaseFile, words, result, err)
	})
}

// Rollback is publish:rollback.
func (p *Pipeline) Rollback(ctx context.Context, c Choice, to *string) error {
	return p.with(ctx, func(o *publisher) error {
		accept := release.Accept{Gates: list(c.Accept), Reason: p.term.Secrets().Mask(text(c.Reason))}
		result, err := release.Rollback(ctx, o.client, o.settings, text(to), accept, p.tagTime(), set(c.Dry))
		if err == nil && !set(c.Dry) {
			defer p.term.Sayf("held: releases publish nothing until %s", p.caller.Line(target.PublishHold.Command("-off")))
		}
		return p.tellResult(releaseFile, map[string]string{release.Done: "rolled back to"}, result, err)
	})
}

// Hold is publish:hold.
func (p *Pipeline) Hold(ctx context.Context, reason *string, off, dry *bool) error {
	if reason == nil && !set(off) {
		return fault.New(fault.Usage, "a hold needs a reason").WithHint("%s", target.PublishHold.Command("-reason=the new theme breaks Safari"))
	}
	return p.with(ctx, func(o *publisher) error {
		if !set(dry) {
			if _, err := release.Hold(ctx, o.client, o.settings, !set(off), p.term.Secrets().Mask(text(reason)), p.tagTime()); err != nil {
				return err
			}
		}
		if set(off) {
			p.term.Answerf("no hold: the next release publishes%s", dryly(dry))
		} else {
			p.term.Answerf("held: releases check and publish nothing until %s%s", p.caller.Line(target.PublishHold.Command("-off")), dryly(dry))
		}
		return nil
	})
}

// releaseFile is what tells of the last release, or of what was done to one since.
const releaseFile = "release.json"

// tellResult reports what a target of the publish family did, in words of its own.
func (p *Pipeline) tellResult(file string, words map[string]string, r *release.Result, err error) error {
	if r == nil {
		return err
	}
	out := &report.Release{
		State: r.State, Name: p.cfg.Name, LeftOut: []report.LeftOut{}, Images: []report.Image{}, Registries: []report.Registry{}, Stages: p.story.Stages(), Words: words,
	}
	p.fillResult(out, r)
	if r.Record != nil {
		u := r.Record.Upstream
		out.Upstream = report.Upstream{URL: u.URL, Ref: u.Ref, Commit: u.Commit, Version: u.Version, Schema: u.Schema}
	}
	if err != nil {
		p.fillError(out, err)
	}
	return p.tellRelease(file, out, err)
}

// releasedCommit is upstream's commit of the newest release: what -ref=@released stands for.
func (p *Pipeline) releasedCommit(ctx context.Context) (commit string, err error) {
	err = p.with(ctx, func(o *publisher) error {
		known, err := release.Read(ctx, o.client, o.settings)
		if err != nil {
			return err
		}
		if known.Newest == nil {
			return fault.New(fault.Usage, "-ref=%s: nothing is released yet", released)
		}
		commit = known.Newest.Upstream.Commit
		return nil
	})
	return commit, err
}

// PrunePublished is publish:prune.
func (p *Pipeline) PrunePublished(ctx context.Context, keep *int, older *time.Duration, dry *bool) error {
	if err := oldEnough("older", older); err != nil {
		return err
	}
	opt := release.PruneOptions{Now: p.now, Dry: set(dry)}
	if older != nil {
		opt.Builds = *older
	}
	if keep != nil {
		if *keep < 1 {
			return fault.New(fault.Usage, "-keep=%d would leave no release", *keep)
		}
		opt.Keep = *keep
	}
	return p.with(ctx, func(o *publisher) error {
		gone, err := release.Prune(ctx, o.client, o.settings, opt)
		n := 0
		for _, g := range gone {
			state := "would go"
			if g.Gone {
				state = "gone"
				n++
			} else if g.Error != "" {
				state = "not gone: " + g.Error
			}
			p.term.Answerf("%s/%s:%s  %s  %s", g.Registry, g.Image, g.Tag, g.Why, state)
		}
		if err == nil {
			if set(dry) {
				n = len(gone)
			}
			p.term.Sayf("%d of %d tags removed%s", n, len(gone), dryly(dry))
		}
		return err
	})
}

// Doctor is publish:doctor.
func (p *Pipeline) Doctor(ctx context.Context) error {
	return p.withTries(ctx, 2, func(o *publisher) error {
		checkups, err := release.Doctor(ctx, o.client, o.settings)
		for _, c := range checkups {
			state := "ok    "
			if !c.OK {
				state = "not ok"
			}
			p.term.Answerf("%s  %s/%s  %s  %s (%.1f s)", state, c.Registry, c.Image, c.What, c.Says, c.Seconds)
			if !c.Hint.IsZero() && !c.OK {
				p.term.Answerf("        hint: %s", p.caller.Hint(c.Hint))
			}
		}
		return session.Exit(fault.CodeOf(err), err) // it has been told, line by line
	})
}
