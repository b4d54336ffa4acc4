package pipeline

import (
	"errors"
	"os"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/report"
)

// told is an error whose report has been printed already: only its exit code is left.
type told struct{ err *fault.Error }

// Error is the cause's.
func (t told) Error() string { return t.err.Error() }

// Unwrap keeps the code and the cause reachable.
func (t told) Unwrap() error { return t.err }

// tell is the error of a report that was printed; nil for a code of 0.
func tell(code fault.Code, err error) error {
	if code == fault.OK {
		return nil
	}
	if err == nil {
		err = errors.New("see the report")
	}
	return told{&fault.Error{Code: code, Err: err}}
}

// wasTold says whether an error's report has been printed.
func wasTold(err error) bool {
	var t told
	return errors.As(err, &t)
}

// tellCheck prints a check and writes it for those who read it: the JSON, GitHub's summary, outputs and annotations.
func (p *Pipeline) tellCheck(check *report.Check, cause error) error {
	hub := report.GitHubOf(os.Environ())
	err := errors.Join(
		report.WriteJSON(p.cfg.Result("patch-check.json"), check, p.term.Secrets()),
		hub.Summary(func(limit int) []byte { return check.Markdown(p.caller, limit) }),
		hub.Outputs(check.Outputs()...),
	)
	p.term.Answer(check.Text(p.caller))
	hub.Annotate(p.term, check.Annotations(p.caller))
	return errors.Join(err, tell(check.Exit, cause))
}

// tellRelease does the same for a release.
func (p *Pipeline) tellRelease(file string, r *report.Release, cause error) error {
	hub := report.GitHubOf(os.Environ())
	err := errors.Join(
		report.WriteJSON(p.cfg.Result(file), r, p.term.Secrets()),
		hub.Summary(r.Markdown),
		hub.Outputs(r.Outputs()...),
	)
	p.term.Answer(r.Text())
	hub.Annotate(p.term, r.Annotations())
	return errors.Join(err, tell(r.Exit, cause))
}
