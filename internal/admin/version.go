package admin

import (
	"context"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// ShowVersion runs version:show: it prints the version that images of the pin would show.
func ShowVersion(ctx context.Context, s *session.Session, o candidate.Options) error {
	return candidate.At(ctx, s, o, func(u candidate.Upstream) error {
		accepted, err := build.Accepted(s)
		if err != nil {
			return err
		}
		mark := stamp.Stamp{Name: s.Config.Name, Version: u.Facts.Version, Pin: string(u.Pin.Commit), Created: u.Pin.Date}
		s.Term.Answerf("%s · what images of %s would show as their version:", s.Distribution(), u.Pin.Commit.Short())
		s.Term.Answerf("%s", mark.Shown())
		s.Term.Sayf("upstream %s at %s (%s), accepted %s, schema %s", u.Facts.Version, u.Pin.Commit.Short(),
			u.Pin.Date.Format("2006-01-02"), accepted, u.Facts.Schema)
		if u.Facts.Version.NewerLine(accepted) {
			s.Term.Warnf("upstream's version %s is a new minor line above %s; accept it "+
				"with: %s", u.Facts.Version.Line(), accepted.Line(),
				s.Line(target.VersionAccept))
		}
		return nil
	})
}

// AcceptVersion runs version:accept: it writes upstream's version at the pin into VERSION.
func AcceptVersion(ctx context.Context, s *session.Session, o candidate.Options, dry bool) error {
	return candidate.At(ctx, s, o, func(u candidate.Upstream) error {
		before, err := build.Accepted(s)
		if err != nil && fault.CodeOf(err) != fault.Usage {
			return err
		}
		if err == nil && before.Compare(u.Facts.Version) == 0 {
			s.Term.Answerf("%s was accepted before; nothing to do", before)
			return nil
		}
		if dry {
			s.Term.Answerf("dry run: would accept %s", u.Facts.Version)
			return nil
		}
		if err := s.Write("VERSION", []byte(u.Facts.Version.String()+"\n")); err != nil {
			return err
		}
		s.Term.Answerf("%s accepted; commit VERSION", u.Facts.Version)
		return nil
	})
}
