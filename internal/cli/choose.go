package cli

import (
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/ship"
	"github.com/howdah/howdah/internal/target"
)

// chosen returns the options that choose upstream's commit and the changes.
func chosen(s *session.Session, o target.Options) candidate.Options {
	return candidate.Options{
		Ref: o.Ref, Date: o.Date, Without: o.Without, Offline: o.Offline, Unsafe: accepted(s, o).Passes(target.GateUnsafe),
		Released: ship.Released(s),
	}
}

// watched returns the same options for a target that shows what became of pull requests.
func watched(s *session.Session, o target.Options) candidate.Options {
	c := chosen(s, o)
	c.Drift = true
	return c
}

// accepted returns the gates that a person overrides. The reason is written into the record, so it must not contain a
// secret.
func accepted(s *session.Session, o target.Options) release.Accept {
	return release.Accept{Gates: o.Accept, Reason: s.Term.Secrets().Mask(o.Reason)}
}

// shipped returns the options of a release.
func shipped(s *session.Session, o target.Options) ship.Options {
	return ship.Options{Candidate: watched(s, o), Accept: accepted(s, o), Dry: o.Dry}
}
