package candidate

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/verdict"
	"github.com/howdah/howdah/internal/view"
)

// Check runs patch:check: an outcome for every change at the pin. It runs nothing of the tree and needs no secret.
// With strict, landed changes and remarks also exit with 3.
func Check(ctx context.Context, s *session.Session, o Options, strict bool) error {
	begin := time.Now()
	check := view.Check{Changes: []view.Change{}, Failed: "series"}
	fail := func(err error) error {
		check.Exit, check.Error, check.Hint = fault.CodeOf(err), s.Caller.Text(err.Error()), s.Caller.Hint(fault.HintOf(err))
		return showCheck(s, check, err)
	}
	whole, lock, err := Read(s, o) // a mistake in the series is reported before anything is fetched
	if err != nil {
		return fail(err)
	}
	check.Failed = "check"
	if err := o.Check(s); err != nil {
		return fail(err)
	}
	check.Failed = "upstream"
	err = At(ctx, s, o, func(u Upstream) error {
		check.Failed, check.Upstream = "check", u.Report() // of a check that goes no further
		judged, err := u.JudgeSeries(ctx, s, whole, lock)
		if err != nil {
			return err
		}
		if judged, err = judged.explainOrWarn(ctx, s); err != nil {
			return err
		}
		judged.warnUnreadable(s)
		check = judged.report(s.Caller, strict)
		return nil
	})
	if err != nil && ctx.Err() != nil {
		return err
	}
	check.Seconds = time.Since(begin).Seconds()
	good, writeErr := lastGood(s, check)
	if writeErr != nil {
		return writeErr
	}
	check.LastGood = good
	check.Released = lastReleased(s)
	if err != nil {
		return fail(err)
	}
	check.Failed = ""
	return showCheck(s, check, nil)
}

// CheckMistake writes the report of a check that did not start because of a mistake in its options.
func CheckMistake(s *session.Session, err error) error {
	return showCheck(s, view.Check{
		Changes: []view.Change{}, Failed: "check", Exit: fault.CodeOf(err), Error: s.Caller.Text(err.Error()),
		Hint: s.Caller.Hint(fault.HintOf(err)),
	}, err)
}

// Refuse returns the error of a target that needs the tree of a series that does not apply, with its exit code, after
// printing the whole report.
func (c *Candidate) Refuse(ctx context.Context, s *session.Session) error {
	explained, err := c.explainOrWarn(ctx, s)
	if err != nil {
		return err
	}
	return showCheck(s, explained.report(s.Caller, false), nil)
}

// report returns the report of a judged series.
func (c *Candidate) report(by target.Caller, strict bool) view.Check {
	check := view.Check{Upstream: c.Upstream.Report(), Date: c.Day.Format(time.DateOnly), OK: c.Result.OK(),
		Exit: c.Result.Exit(strict), Undecided: len(c.Series.Undecided), Unused: c.Series.Unused,
		Changes: []view.Change{}}
	if check.Undecided > 0 {
		check.UndecidedAt = c.Series.Undecided[0]
	}
	if check.OK {
		check.Tree, check.Commit = string(c.Tree.Root()), string(c.Commit)
	}
	for _, out := range c.Result.Outcomes {
		check.Changes = append(check.Changes, c.changeOf(out, by))
	}
	return check
}

// showCheck prints a check, and writes it as JSON and as GitHub's summary, outputs and annotations.
func showCheck(s *session.Session, check view.Check, cause error) error {
	check.Distribution = s.Distribution()
	hub := s.GitHub()
	err := errors.Join(
		view.WriteJSON(s.Config.Result("patch-check.json"), check, s.Term.Secrets()),
		hub.Summary(func(limit int) []byte { return check.Markdown(s.Caller, limit) }),
		hub.Outputs(check.Outputs()...),
	)
	s.Term.Answer(check.Text(s.Caller))
	hub.Annotate(s.Term, check.Annotations(s.Caller))
	return errors.Join(err, session.Exit(check.Exit, cause))
}

// changeOf converts an outcome to the form of reports.
func (c *Candidate) changeOf(out verdict.Outcome, by target.Caller) view.Change {
	shown := view.Change{
		Name: out.Change.Name, Kind: string(out.Change.Kind), Verdict: string(out.Verdict), Would: string(out.Would),
		Required: out.Change.Required,
		Remarks:  []string{}, Files: out.Files, Offset: out.Offset, Message: out.Message, Why: out.Change.Why,
		Blockers: out.Blockers, Notes: slices.Concat(out.Change.Notes, c.unreadable[out.Change]),
		Source: &view.Place{File: out.Change.File, Line: out.Change.Line}, Drift: c.drifts[out.Change],
		Hint: by.Hint(out.Hint), Next: view.Solving(c.accepting(out)),
	}
	if out.Change.Kind == series.KindLanded && shown.Message == "" {
		shown.Message = out.Change.Landed
	}
	if e := out.Error; out.Verdict == verdict.Refused && e != nil { // its place is in the patch, or a key of the change
		if shown.Hint = by.Hint(e.Hint); e.File != "" && (e.File != out.Change.File || e.Code == fault.Usage) {
			shown.Message = e.Error()
		}
	}
	for _, r := range out.Remarks {
		shown.Remarks = append(shown.Remarks, string(r))
	}
	if out.By != nil {
		shown.By = commitOf(out.By)
	}
	for _, at := range out.At {
		shown.At = append(shown.At, view.Place(at))
	}
	for _, h := range out.Hunks {
		shown.Hunks = append(shown.Hunks, view.Hunk{File: h.File, Hunk: h.Number, Fits: h.Fits, Line: h.Line,
			Nominal: h.Nominal})
	}
	for _, m := range out.MoreHunks {
		shown.MoreHunks = append(shown.MoreHunks, view.MoreHunks(m))
	}
	for _, w := range out.Went {
		shown.Went = append(shown.Went, view.Went{File: w.File, To: w.To, By: commitOf(w.By)})
	}
	for _, u := range out.Unmerged {
		switch {
		case len(out.Blockers) > 0:
			continue // what it needs comes first
		case len(u.Base)+len(u.Upstream)+len(u.Yours) == 0 && !u.Lines():
			continue // another name of a file that is already shown
		}
		shown.Conflicts = append(shown.Conflicts, view.Conflict{File: u.File, Line: u.Line, Supposed: u.Supposed,
			Nominal: u.Nominal, Lacks: u.Lacks(), From: u.From, Base: u.Base, Upstream: u.Upstream, Yours: u.Yours})
	}
	return shown
}

// commitOf converts a commit to the form of reports.
func commitOf(c *verdict.Commit) *view.Commit {
	return &view.Commit{Commit: string(c.ID), Pull: c.Pull, Subject: term.Subject(c.Subject), Date: c.Date.UTC()}
}

// lastGood records the upstream commit if the series is good there, and otherwise returns the last good one.
func lastGood(s *session.Session, check view.Check) (string, error) {
	name := s.Config.Result("last-good")
	if check.OK && check.Upstream.Commit != "" {
		return "", files.Write(name, []byte(check.Upstream.Commit+"\n"))
	}
	if data, err := files.ReadAt(name, files.MaxSmall); err == nil {
		return strings.TrimSpace(string(data)), nil
	}
	return "", nil
}

// lastReleased returns the newest release of which this folder has a record, or nil.
func lastReleased(s *session.Session) *view.Released {
	records, err := filepath.Glob(s.Config.Result("releases", "*.json"))
	if err != nil || len(records) == 0 {
		return nil
	}
	data, err := files.ReadAt(records[len(records)-1], files.MaxResult) // tags sort by time
	if err != nil {
		return nil
	}
	r, err := record.Parse(data)
	if err != nil {
		return nil
	}
	return &view.Released{Tag: r.Tag, Commit: r.Upstream.Commit, At: r.Released}
}
