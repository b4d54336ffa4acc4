// Package pipeline is the order of things: a distribution and a person's choice go in; fetch, patch, build, stamp and
// publish run one after the other, each stage's value handed to the next, and the report comes out. release.go has
// the whole flow on one screen.
package pipeline

import (
	"time"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/credential"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

// Pipeline is one run: the distribution that it is for, where it tells its story, and the moment that counts as now.
type Pipeline struct {
	cfg    *config.Config
	term   *report.Terminal
	story  *report.Story
	caller target.Caller
	target string
	now    time.Time

	session     *session.Session
	credentials *credential.Chain // of registries, for publishing and for bases
}

// New is the pipeline of one run.
func New(s *session.Session) *Pipeline {
	return &Pipeline{
		cfg: s.Config, term: s.Term, story: s.Story, caller: s.Caller, target: s.Target.Name, now: s.Now, credentials: s.Credentials, session: s,
	}
}
