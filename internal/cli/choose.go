package cli

import (
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/ship"
	"github.com/howdah/howdah/internal/target"
)

// chosen are the options by which upstream's commit and the changes are chosen.
func chosen(s *session.Session, o target.Options) candidate.Options {
	return candidate.Options{
		Ref: o.Ref, Date: o.Date, Without: o.Without, Offline: o.Offline, Unsafe: accepted(s, o).Passes(release.GateUnsafe),
		Released: ship.Released(s),
	}
}

// watched are the same for a target that shows what became of pull requests.
func watched(s *session.Session, o target.Options) candidate.Options {
	c := chosen(s, o)
	c.Drift = true
	return c
}

// accepted are the gates that a person overrides. The reason goes into the record, so no secret may be in it.
func accepted(s *session.Session, o target.Options) release.Accept {
	return release.Accept{Gates: o.Accept, Reason: s.Term.Secrets().Mask(o.Reason)}
}

// shipped are the options of a release.
func shipped(s *session.Session, o target.Options) ship.Options {
	return ship.Options{Candidate: watched(s, o), Accept: accepted(s, o), Dry: o.Dry}
}
