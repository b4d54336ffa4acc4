// Package candidate builds the candidate of a release: upstream at one commit with the series applied. From the
// options it finds the pin, upstream's facts, every change's outcome, the patched tree and its commit. check, diff,
// show, history and build start with it. It runs nothing of the tree.
package candidate

import (
	"context"
	"time"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/upstream"
)

// Options choose upstream's commit and the changes.
type Options struct {
	Ref     string    // replaces [upstream] ref; "": do not
	Date    time.Time // the day by which windows are judged, at midnight UTC; zero: today in the distribution's time zone
	Without []string  // names of changes to leave out
	Unsafe  bool      // changes may write guarded paths: a person overrode the gate
	Offline bool      // ask no server
	Drift   bool      // ask what became of pull requests
	Relock  bool      // series.lock will be written anew, so it may be unreadable

	Pin      *upstream.Pin                         // of an earlier build, to be used as it is; or nil
	Released func(context.Context) (string, error) // returns the commit of the newest release, for -ref=@released
}

// released is the ref that stands for the commit of the newest release.
const released = "@released"

// Check finds every mistake in the options that the distribution shows, before anything is fetched or a registry asked.
func (o Options) Check(s *session.Session) error {
	if len(o.Without) == 0 {
		return nil
	}
	whole, err := Series(s)
	if err != nil {
		return err
	}
	return whole.CheckWithout(o.Without)
}

// Exists returns an error if no change of the series has this name. It needs no network. "" is allowed, and means no
// name.
func Exists(s *session.Session, name string) error {
	if name == "" {
		return nil
	}
	whole, err := Series(s)
	if err != nil {
		return err
	}
	_, err = Find(whole, name)
	return err
}

func Find(s *series.Series, name string) (*series.Change, error) {
	var names []string
	for _, c := range s.Changes {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return nil, noChange(name, names)
}

// Day returns the day by which windows are judged.
func (o Options) Day(s *session.Session) time.Time {
	if o.Date.IsZero() {
		return s.Now.In(s.Config.Zone)
	}
	return time.Date(o.Date.Year(), o.Date.Month(), o.Date.Day(), 0, 0, 0, 0, s.Config.Zone)
}
