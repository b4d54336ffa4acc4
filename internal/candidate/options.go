// Package candidate makes the candidate of a release: upstream at one commit with the series applied. Options go in;
// the pin, upstream's facts, every change's outcome, the patched tree and its commit come out. check, diff, show,
// history and build all begin with it. It runs nothing of the tree.
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
	Ref     string    // in place of [upstream] ref; "" is that
	Date    time.Time // the day on which windows are judged, at midnight UTC; zero is today in the distribution's zone
	Without []string  // names of changes that are left out
	Unsafe  bool      // changes may touch guarded paths: a person overrode the gate
	Offline bool      // ask nobody
	Drift   bool      // ask what became of pull requests
	Relock  bool      // series.lock is written anew, so one that cannot be read is no error

	Pin      *upstream.Pin                         // that of an earlier build, which is taken as it is; nil: none
	Released func(context.Context) (string, error) // finds the commit of the newest release, for -ref=@released
}

// released as a ref is the commit of the newest release.
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

// Exists refuses a name that no change of the series has, before anything is fetched; "" is no name.
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

// Find is the change of a name.
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

// Day is the day on which windows are judged.
func (o Options) Day(s *session.Session) time.Time {
	if o.Date.IsZero() {
		return s.Now.In(s.Config.Zone)
	}
	return time.Date(o.Date.Year(), o.Date.Month(), o.Date.Day(), 0, 0, 0, 0, s.Config.Zone)
}
