// Package patchimport runs patch:import: what internal/importer, script and fork make of patches, mails, pull requests,
// scripts and forks is tried, written into the series all or nothing, and proved to make the same tree.
package patchimport

import (
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/serieswriter"
	"github.com/howdah/howdah/internal/session"
)

// Importer imports into the series of one run's distribution.
type Importer struct {
	s   *session.Session
	o   candidate.Options
	dry bool // show what would be written, and write nothing
}

func For(s *session.Session, o candidate.Options, dry bool) *Importer { return &Importer{s, o, dry} }

func (m *Importer) writer() *serieswriter.Writer { return serieswriter.New(m.s, m.dry) }
