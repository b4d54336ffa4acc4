package pipeline

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/target"
)

// Check is patch:check: the fate of every change at the pin. It runs nothing of the tree and needs no secret.
func (p *Pipeline) Check(ctx context.Context, c Choice) error {
	begin := time.Now()
	check := &report.Check{Changes: []report.Change{}}
	_, _, err := p.load() // a slip in the series shows before anything is fetched
	if err != nil {
		check.Failed, check.Exit, check.Error, check.Hint = "series", fault.CodeOf(err), err.Error(), p.caller.Hint(fault.HintOf(err))
		return p.tellCheck(check, err)
	}
	if err := p.check(c); err != nil { // so does one in a flag
		return p.CheckMistake(err)
	}
	check.Failed = "upstream"
	err = p.at(ctx, c, func(r *resolved) error {
		check.Failed, check.Upstream = "check", upstreamOf(r.pin, r.facts)
		judged, err := p.judge(ctx, r)
		if err != nil {
			return err
		}
		if err := p.explain(ctx, judged); err != nil {
			return err
		}
		p.fill(check, judged)
		return nil
	})
	if err != nil && ctx.Err() != nil {
		return err
	}
	check.Seconds = time.Since(begin).Seconds()
	if err := p.lastGood(check); err != nil {
		return err
	}
	check.Released = p.lastReleased()
	if err != nil {
		check.Exit, check.Error, check.Hint = fault.CodeOf(err), err.Error(), p.caller.Hint(fault.HintOf(err))
	} else {
		check.Failed = ""
	}
	return p.tellCheck(check, err)
}

// CheckMistake is the report of a check that did not begin, for a mistake in its options.
func (p *Pipeline) CheckMistake(err error) error {
	return p.tellCheck(&report.Check{
		Changes: []report.Change{}, Failed: "check", Exit: fault.CodeOf(err), Error: err.Error(), Hint: p.caller.Hint(fault.HintOf(err)),
	}, err)
}

// refuse is the error of a target that needs the tree of a series that does not apply: the whole report, and its code.
func (p *Pipeline) refuse(ctx context.Context, o *patched) error {
	if err := p.explain(ctx, o); err != nil {
		return err
	}
	check := &report.Check{Upstream: upstreamOf(o.pin, o.facts)}
	p.fill(check, o)
	return p.tellCheck(check, nil)
}

// fill puts a judged series into a report.
func (p *Pipeline) fill(check *report.Check, o *patched) {
	check.OK, check.Exit = o.result.OK(), o.result.Exit(set(o.choice.Strict))
	check.Date = o.day.Format(time.DateOnly)
	if check.OK {
		check.Tree, check.Commit = string(o.tree.Root()), string(o.commit)
	}
	for _, out := range o.result.Outcomes {
		check.Changes = append(check.Changes, o.changeOf(out, p.caller))
	}
}

// changeOf is an outcome as reports have it.
func (o *patched) changeOf(out patch.Outcome, by target.Caller) report.Change {
	c := report.Change{
		Name: out.Change.Name, Kind: string(out.Change.Kind), Verdict: string(out.Verdict), Would: string(out.Would), Required: out.Change.Required,
		Remarks: []string{}, Files: out.Files, Offset: out.Offset, Message: out.Message, Why: out.Change.Why, Blockers: out.Blockers,
		Source: &report.Place{File: out.Change.File, Line: out.Change.Line}, Drift: o.drifts[out.Change], Hint: by.Hint(out.Hint),
	}
	if out.Change.Kind == patch.KindLanded && c.Message == "" {
		c.Message = out.Change.Landed
	}
	if out.Verdict == patch.Refused && out.Error != nil { // the place is the patch's, where it is one
		if c.Hint = by.Hint(out.Error.Hint); out.Error.File != "" && out.Error.File != out.Change.File {
			c.Message = out.Error.Error()
		}
	}
	for _, r := range out.Remarks {
		c.Remarks = append(c.Remarks, string(r))
	}
	if out.By != nil {
		c.By = &report.Commit{Commit: string(out.By.ID), Pull: out.By.Pull, Subject: report.Subject(out.By.Subject), Date: out.By.Date.UTC()}
	}
	for _, at := range out.At {
		c.At = append(c.At, report.Place{File: at.File, Line: at.Line, Text: at.Text})
	}
	for _, u := range out.Unmerged {
		if u.Binary() {
			continue // there are no lines to show
		}
		c.Conflicts = append(c.Conflicts, report.Conflict{File: u.File, Line: u.Line, Base: u.Base, Ours: u.Ours, Theirs: u.Theirs})
	}
	return c
}

// lastGood remembers the upstream commit at which the series was good, and names it when the series is not.
func (p *Pipeline) lastGood(check *report.Check) error {
	name := p.cfg.Result("last-good")
	if check.OK && check.Upstream.Commit != "" {
		return report.WriteFile(name, []byte(check.Upstream.Commit+"\n"))
	}
	if data, err := files.ReadAt(name, files.MaxSmall); err == nil {
		check.LastGood = strings.TrimSpace(string(data))
	}
	return nil
}

// lastReleased is the newest release that this folder has a record of; nil is none.
func (p *Pipeline) lastReleased() *report.Released {
	records, err := filepath.Glob(p.cfg.Result("releases", "*.json"))
	if err != nil || len(records) == 0 {
		return nil
	}
	data, err := files.ReadAt(records[len(records)-1], files.MaxResult) // tags sort by time
	if err != nil {
		return nil
	}
	r, err := release.ParseRecord(data)
	if err != nil {
		return nil
	}
	return &report.Released{Tag: r.Tag, Commit: r.Upstream.Commit, At: r.Released}
}
