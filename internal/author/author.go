// Package author edits the series for a person: edit, overlay, remove, refresh, export, pin, drop. It writes the
// folders of changes and series.lock, all or nothing. It tries what it will write first, so that a mistake costs
// nothing.
package author

import (
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/serieswriter"
	"github.com/howdah/howdah/internal/session"
)

// Author edits the series of one run's distribution.
type Author struct {
	s   *session.Session
	o   candidate.Options
	dry bool // show what would be written, and write nothing
}

func For(s *session.Session, o candidate.Options, dry bool) *Author { return &Author{s, o, dry} }

func (a *Author) writer() *serieswriter.Writer { return serieswriter.New(a.s, a.dry) }

// did chooses the word for what was done, or for what a dry run would do.
func (a *Author) did(done, would string) string {
	if a.dry {
		return would
	}
	return done
}
