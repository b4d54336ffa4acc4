package ship

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/loopback"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// Serve runs publish:serve: it serves the local registry until the run is interrupted.
func Serve(ctx context.Context, s *session.Session) error {
	dir := s.Config.Result("registry")
	return loopback.Serve(ctx, dir, func(server *loopback.Server) {
		sayMoved(s, server)
		s.Term.Sayf("serving %s on http://%s until interrupted", dir, server.Address())
	}, Loopback(s)...)
}

// Status runs publish:status: it prints what the registries have of the newest release.
func Status(ctx context.Context, s *session.Session) error {
	return withRegistries(ctx, s, fewTries, func(o *publisher) error {
		result, err := o.store.Status(ctx, "", true)
		words := map[string]string{release.Done: "whole:", release.Planned: "nothing is released yet"}
		return showResult(s, "publish-status.json", words, result, err)
	})
}

// Compose runs publish:compose: it prints the compose.yaml of the release with the tag to, or of the release that a
// rollback would return to, or of the newest.
func Compose(ctx context.Context, s *session.Session, to string, before bool) error {
	return withRegistries(ctx, s, fewTries, func(o *publisher) error {
		file, err := o.store.Compose(ctx, to, before)
		if err == nil {
			s.Term.AnswerBytes(file)
		}
		return err
	})
}

// Resume runs publish:resume. With all, it reads every blob of the newest release, at every registry.
func Resume(ctx context.Context, s *session.Session, all, dry bool) error {
	return withRegistries(ctx, s, tries(dry), func(o *publisher) error {
		hooks, done := o.hooks(nil, nil)
		store := o.store
		store.Settings.ReadAll = all
		result, err := store.Resume(ctx, hooks, dry)
		done(err)
		unchanged := "nothing to resume; complete:"
		if result != nil && result.Record == nil {
			unchanged = "nothing to resume: no release yet"
		}
		words := map[string]string{release.Done: "finished", release.Unchanged: unchanged}
		return showResult(s, releaseFile, words, result, err)
	})
}

// Promote runs publish:promote: it moves tags (if none are named, those of [publish] moving) to a release.
func Promote(ctx context.Context, s *session.Session, o Options, tag string, moving []string) error {
	if len(moving) == 0 {
		moving = s.Config.Publish.Moving
	}
	if len(moving) == 0 {
		return fault.New(fault.Usage, "no tag to move is named").
			WithHint("name it, such as -to=latest, or set [publish] moving")
	}
	return withRegistries(ctx, s, tries(o.Dry), func(p *publisher) error {
		result, err := p.store.Promote(ctx, tag, moving, o.Accept, o.Dry)
		words := map[string]string{release.Done: strings.Join(moving, ", ") + " moved to"}
		return showResult(s, releaseFile, words, result, err)
	})
}

// Rollback runs publish:rollback; to is a release's tag, "" means the previous release.
func Rollback(ctx context.Context, s *session.Session, o Options, to string) error {
	return withRegistries(ctx, s, tries(o.Dry), func(p *publisher) error {
		result, err := p.store.Rollback(ctx, to, o.Accept, tagTime(s), o.Dry)
		if err == nil && !o.Dry {
			defer s.Term.Sayf("held: releases publish nothing until %s", s.Line(target.PublishHold, "-off"))
		}
		return showResult(s, releaseFile, map[string]string{release.Done: "rolled back to"}, result, err)
	})
}

// Hold runs publish:hold: it sets a hold or, with off, lifts it.
func Hold(ctx context.Context, s *session.Session, reason string, off, dry bool) error {
	return withRegistries(ctx, s, tries(dry), func(o *publisher) error {
		if !dry {
			if _, err := o.store.Hold(ctx, !off, reason, tagTime(s)); err != nil {
				return err
			}
		}
		switch {
		case dry && off:
			s.Term.Answerf("dry run: would lift the hold")
		case dry:
			s.Term.Answerf("dry run: would set a hold")
		case off:
			s.Term.Answerf("hold lifted; the next release will publish")
		default:
			s.Term.Answerf("held: releases check and publish nothing until %s", s.Line(target.PublishHold, "-off"))
		}
		return nil
	})
}

// Prune runs publish:prune: it removes unreferenced builds older than this, and releases beyond the newest keep; 0
// keeps all.
func Prune(ctx context.Context, s *session.Session, keep int, older time.Duration, dry bool) error {
	opt := release.PruneOptions{Now: s.Now, Dry: dry, Builds: older, Keep: keep}
	return withRegistries(ctx, s, tries(dry), func(o *publisher) error {
		gone, err := o.store.Prune(ctx, opt)
		caches, cacheErr := o.pruneCache(ctx, dry)
		gone, err = append(gone, caches...), errors.Join(err, cacheErr)
		n := 0
		for _, g := range gone {
			state := "would be removed"
			switch {
			case g.Gone:
				state = "removed"
				n++
			case g.Error != "":
				state = "not removed: " + g.Error
			}
			s.Term.Answerf("%s  %s  %s", g, g.Why, state)
		}
		switch {
		case err != nil:
		case dry:
			s.Term.Sayf("dry run: would remove %d tags", len(gone))
		default:
			s.Term.Sayf("%d of %d tags removed", n, len(gone))
		}
		return err
	})
}

// explainFull returns the checks with a hint on failures of the local registry if its disk is full: the registry itself
// only answers 500.
func (o *publisher) explainFull(checkups []release.Checkup) []release.Checkup {
	dir := o.s.Config.Result("registry")
	free, err := fault.Free(dir)
	if o.server == nil || err != nil || free >= 1<<20 {
		return checkups
	}
	out := slices.Clone(checkups)
	for i, c := range out {
		if !c.OK && c.Hint.IsZero() {
			out[i].Hint = fault.Full(dir)
		}
	}
	return out
}

// checkupRows lists the checks, and below them the hints of those that failed, each once. With several hints, each
// begins with the checks that it is for.
func checkupRows(s *session.Session, checkups []release.Checkup) (p term.Page) {
	var rows []term.Line
	var hints []string
	about := map[string][]string{}
	for _, c := range checkups {
		state := "ok    "
		if !c.OK {
			state = "not ok"
		}
		rows = append(rows, term.Line{term.Textf("%s", state), term.Textf("%s/%s", c.Registry, c.Image),
			term.Textf("%s", c.What), term.Textf("%s (%.1f s)", c.Says, c.Seconds)})
		if hint := s.Caller.Hint(c.Hint); !c.OK && hint != "" {
			if about[hint] == nil {
				hints = append(hints, hint)
			}
			about[hint] = append(about[hint], c.What+" "+c.Registry+"/"+c.Image)
		}
	}
	p.Table(0, rows)
	for _, hint := range hints {
		text := hint
		if len(hints) > 1 {
			text = plural.Few(about[hint]) + ": " + hint
		}
		p.Add(term.Bold.Of("hint: "), term.Textf("%s", text))
	}
	return p
}

// Doctor runs publish:doctor: it prints what was checked of each registry and image; the error has the exit code.
func Doctor(ctx context.Context, s *session.Session) error {
	return withRegistries(ctx, s, fewTries, func(o *publisher) error {
		checkups, err := o.store.Doctor(ctx)
		wrong := 0
		checkups = o.explainFull(checkups)
		for _, c := range checkups {
			if !c.OK {
				wrong++
			}
		}
		if wrong > 0 {
			s.Term.Answerf("%s · %d of %d checks failed", s.Distribution(), wrong, len(checkups))
		} else {
			s.Term.Answerf("%s · %d checks passed", s.Distribution(), len(checkups))
		}
		s.Term.Answer(checkupRows(s, checkups))
		o.showCache(ctx)
		return session.Exit(fault.CodeOf(err), err) // it is already printed, line by line
	})
}
