package pipeline

import (
	"errors"
	"os"

	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/session"
)

// tellCheck prints a check and writes it for those who read it: the JSON, GitHub's summary, outputs and annotations.
func (p *Pipeline) tellCheck(check *report.Check, cause error) error {
	hub := report.GitHubOf(os.Environ(), p.term.Secrets())
	err := errors.Join(
		report.WriteJSON(p.cfg.Result("patch-check.json"), check, p.term.Secrets()),
		hub.Summary(func(limit int) []byte { return check.Markdown(p.caller, limit) }),
		hub.Outputs(check.Outputs()...),
	)
	p.term.Answer(check.Text(p.caller))
	hub.Annotate(p.term, check.Annotations(p.caller))
	return errors.Join(err, session.Exit(check.Exit, cause))
}

// tellRelease does the same for a release.
func (p *Pipeline) tellRelease(file string, r *report.Release, cause error) error {
	hub := report.GitHubOf(os.Environ(), p.term.Secrets())
	err := errors.Join(
		report.WriteJSON(p.cfg.Result(file), r, p.term.Secrets()),
		hub.Summary(r.Markdown),
		hub.Outputs(r.Outputs()...),
	)
	p.term.Answer(r.Text())
	hub.Annotate(p.term, r.Annotations())
	return errors.Join(err, session.Exit(r.Exit, cause))
}
