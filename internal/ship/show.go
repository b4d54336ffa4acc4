package ship

import (
	"errors"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/view"
)

// releaseFile is the file in dist/ about the last release, or what was done to one since.
const releaseFile = "release.json"

// show reports a release, whether complete or not.
func (at progress) show(s *session.Session, err error) error {
	if at.upstream == nil || session.Shown(err) && at.build == nil {
		return err // upstream or the series failed, which has a report of its own
	}
	out := view.Release{
		State: release.Failed, Name: s.Config.Name, LeftOut: []record.LeftOut{}, Images: []view.Image{},
		Registries: []view.Registry{},
		Upstream:   at.upstream.Report(), Created: at.upstream.Pin.Date, Stages: s.Story.Stages(),
		Moving: s.Config.Publish.Moving,
	}
	if at.build != nil {
		c := at.build.Release
		out.Version, out.Tree, out.Commit, out.Inputs = c.Stamp.Shown(), c.Tree, c.Commit, c.Inputs()
		out.LeftOut = append(out.LeftOut, c.LeftOut...)
	}
	if at.plan != nil {
		out = at.withPlan(s, out, err)
	}
	if at.result != nil {
		out = withResult(s, out, at.result)
	}
	if err != nil {
		out = withError(s, out, err)
	}
	return showRelease(s, releaseFile, out, err)
}

// withPlan returns a report with the plan.
func (at progress) withPlan(s *session.Session, out view.Release, err error) view.Release {
	out.State, out.Tag = at.plan.State, at.plan.Tag.String()
	switch {
	case err != nil:
		out.State = release.Failed
	case at.result != nil:
	case at.plan.State == release.Unchanged:
		out = withRecord(out, at.plan.Record)
		if at.build == nil {
			out.LeftOut = append(out.LeftOut, at.plan.Record.LeftOut...)
		}
		if newest := at.plan.Known.Newest; newest.Tag != at.plan.Tag.String() {
			out.Words = map[string]string{release.Unchanged: "unchanged: this was released already, but " + newest.Tag +
				" is newer:"}
			out.Hint = "to bring it back: " + s.Line(target.PublishRollback, "-to="+out.Tag, "-reason=TEXT")
		}
	case at.plan.State == release.Held:
		out.Tag, out.Words = "", map[string]string{release.Held: at.plan.Why + " · checked, and nothing published:"}
	}
	for _, a := range at.plan.Accepted {
		out.Accepted = append(out.Accepted, view.Accepted{Gate: a.Gate, Reason: a.Reason})
	}
	return out
}

// showRelease prints a release, and writes it as JSON and as GitHub's summary, outputs and annotations.
func showRelease(s *session.Session, file string, r view.Release, cause error) error {
	r.Distribution = s.Distribution()
	hub := s.GitHub()
	err := errors.Join(
		view.WriteJSON(s.Config.Result(file), r, s.Term.Secrets()),
		hub.Summary(r.Markdown),
		hub.Outputs(r.Outputs()...),
	)
	s.Term.Answer(r.Text())
	hub.Annotate(s.Term, r.Annotations())
	return errors.Join(err, session.Exit(r.Exit, cause))
}

// showResult reports what a target did to a release; words has the headline's verb for each state.
func showResult(s *session.Session, file string, words map[string]string, r *release.Result, err error) error {
	if r == nil {
		return err
	}
	out := view.Release{
		State: r.State, Name: s.Config.Name, LeftOut: []record.LeftOut{}, Images: []view.Image{},
		Registries: []view.Registry{},
		Stages:     s.Story.Stages(), Words: words,
	}
	out = withResult(s, out, r)
	if r.Record != nil {
		u := r.Record.Upstream
		out.Upstream = view.Upstream{URL: u.URL, Ref: u.Ref, Commit: u.Commit, Version: u.Version, Schema: u.Schema}
	}
	if err != nil {
		out = withError(s, out, err)
	}
	return showRelease(s, file, out, err)
}

// ReleaseMistake writes dist/release.json for a release that did not start because of a mistake in its options.
func ReleaseMistake(s *session.Session, mistake error) error {
	out := withError(s, view.Release{
		State: release.Failed, Name: s.Config.Name, LeftOut: []record.LeftOut{}, Images: []view.Image{},
		Registries: []view.Registry{},
	}, mistake)
	return errors.Join(mistake, view.WriteJSON(s.Config.Result(releaseFile), out, s.Term.Secrets()))
}

// withResult returns a report with the result of publishing, and prints the warnings.
func withResult(s *session.Session, out view.Release, r *release.Result) view.Release {
	for _, w := range r.Warnings {
		s.Term.Warnf("%s", w)
	}
	out.State = r.State
	if r.Resume.Target != "" {
		out.Resume = s.Caller.Line(r.Resume)
		if s.Target.Runs(r.Resume) { // it has just failed: first look at what the registries have
			out.Next = s.Line(target.PublishStatus)
		}
	}
	if r.Record != nil {
		out = withRecord(out, r.Record)
	}
	for _, g := range r.Registries {
		out.Registries = append(out.Registries, view.Registry{Name: g.Name, State: g.State, Error: g.Error})
	}
	for _, s := range r.Steps {
		out.Plan = append(out.Plan, view.Step(s))
	}
	return out
}

// withError returns a report with an error. If a command finishes the release, that is the hint.
func withError(s *session.Session, out view.Release, err error) view.Release {
	out.Exit, out.Error = fault.CodeOf(err), s.Caller.Text(err.Error())
	if out.Next != "" {
		out.Hint = "the same command finishes it, once the registries accept what they refused"
	}
	if out.Resume == "" {
		out.Hint = s.Caller.Hint(fault.HintOf(err))
	}
	return out
}

// withRecord returns a report with a release's record.
func withRecord(out view.Release, r *record.Record) view.Release {
	out.Name, out.Version, out.Tag, out.Released, out.Created = r.Name, r.Version, r.Tag, r.Released, r.Created
	out.Tree, out.Commit, out.Inputs = r.Tree, r.Commit, r.Inputs
	out.Accepted = nil
	for _, a := range r.Accepted {
		out.Accepted = append(out.Accepted, view.Accepted{Gate: a.Gate, Reason: a.Reason})
	}
	out.Images = []view.Image{}
	for _, i := range r.Images {
		out.Images = append(out.Images, view.Image{Name: i.Name, Digest: i.Digest, Platforms: i.Platforms, Tags: i.Tags,
			Bytes: i.Bytes, Inputs: i.Inputs})
	}
	return out
}
