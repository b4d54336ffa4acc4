package candidate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/upstream"
	"github.com/howdah/howdah/internal/view"
)

// Upstream is upstream at one commit.
type Upstream struct {
	Mirror  *upstream.Mirror
	Pin     upstream.Pin
	Facts   Facts
	Options Options // with which it was chosen
	other   bool    // a run without -ref= would use another commit
	sources *sources
}

// At pins upstream, reads its facts, and calls work. The mirror stays open until work returns.
func At(ctx context.Context, s *session.Session, o Options, work func(Upstream) error) error {
	m, done, err := open(ctx, s, o)
	if err != nil {
		return err
	}
	defer done()
	pin, err := settle(ctx, s, m, o)
	if err != nil {
		return err
	}
	facts, err := factsOf(ctx, m, pin)
	if err != nil {
		return err
	}
	u := Upstream{Mirror: m, Pin: pin, Facts: facts, Options: o, sources: newSources(s, o, m, pin)}
	u.other = o.Ref != "" && u.differs(ctx, s)
	defer func() { _ = u.sources.Close() }() // they were only read
	return work(u)
}

// open opens upstream's mirror. Runs of other distributions may share the cache: one of them fetches refs at a time,
// and the first that is alone removes what a killed run left.
func open(ctx context.Context, s *session.Session, o Options) (*upstream.Mirror, func(), error) {
	if err := o.Check(s); err != nil {
		return nil, nil, err
	}
	cache := s.Config.Cache.In("mirror")
	held, err := lock.Share(ctx, Users(s), func() error { return upstream.Clear(cache) })
	if err != nil {
		return nil, nil, err
	}
	opt := mirrorOptions(s, o)
	opt.Progress = s.Story
	opt.First = sync.OnceFunc(func() { // a branch is fetched, and then a tag of that name
		s.Term.Sayf("the first fetch of %s brings its whole history, without files: some 30 MB for Mastodon, seconds to "+
			"minutes", s.Config.Upstream.URL)
	})
	m, err := upstream.Open(ctx, s.Config.Upstream.URL, opt)
	if err != nil {
		return nil, nil, errors.Join(err, held.Release())
	}
	return m, func() { _ = m.Close(); _ = held.Release() }, nil
}

// Users returns the path of the lock of all runs that use the shared caches.
func Users(s *session.Session) string { return s.Config.Cache.In("mirror", ".users") }

func mirrorOptions(s *session.Session, o Options) upstream.Options {
	alone := func(ctx context.Context) (func(), error) {
		held, err := lock.Wait(ctx, s.Config.Cache.In("mirror", ".lock"), s.Target.Name)
		if err != nil {
			return nil, err
		}
		return func() { _ = held.Release() }, nil
	}
	return upstream.Options{Cache: s.Config.Cache.In("mirror"), Offline: o.Offline, Alone: alone}
}

// settle fetches upstream and chooses the commit.
func settle(ctx context.Context, s *session.Session, m *upstream.Mirror, o Options) (pin upstream.Pin, err error) {
	stage := s.Story.Stage("fetching upstream")
	defer stage.FailOn(&err)
	if o.Pin != nil {
		if ok, err := m.Repo.Has(ctx, o.Pin.Commit); err == nil && ok {
			stage.End("%s, as it was built", described(*o.Pin))
			return *o.Pin, nil
		}
	}
	want, err := wanted(ctx, s, o)
	if err != nil {
		return pin, err
	}
	pin, move, err := m.Pin(ctx, want)
	if err != nil {
		return pin, err
	}
	if move.Rewound {
		stage.Warn("upstream rewrote %s: it is at %s now, which does not descend from the "+
			"earlier %s", want.Ref, move.New.Short(),
			move.Old.Short())
	}
	if ahead := pin.Date.Sub(s.Now); ahead > clockSlack {
		stage.Warn("upstream's commit is of %s, but this machine's clock says %s: if the clock is wrong, set it before a "+
			"release: timedatectl set-ntp true", pin.Date.Format(minutes), s.Now.UTC().Format(minutes))
	}
	news, err := newsOf(ctx, m, move)
	if err != nil {
		return pin, err
	}
	stage.End("%s, %s", described(pin), news)
	return pin, nil
}

// clockSlack is how far a committer's clock may be ahead of this machine's.
const clockSlack = 24 * time.Hour

// minutes is the format of a commit's time in messages.
const minutes = "2006-01-02 15:04Z"

// wanted returns what the mirror is asked for.
func wanted(ctx context.Context, s *session.Session, o Options) (upstream.Want, error) {
	up := s.Config.Upstream
	want := upstream.Want{Ref: up.Ref, Branch: up.Ref, Settle: up.Settle, Now: s.Now}
	if o.Ref != "" {
		want.Ref, want.Settle = o.Ref, 0
	}
	if want.Ref == released {
		commit, err := o.Released(ctx)
		if err != nil {
			return want, err
		}
		want.Ref = commit
	}
	return want, nil
}

// differs reports whether the configured ref is at another commit, as far as the mirror knows.
func (u Upstream) differs(ctx context.Context, s *session.Session) bool {
	want, err := wanted(ctx, s, Options{})
	if err != nil {
		return true
	}
	now, err := u.Mirror.LastPin(ctx, want)
	return err != nil || now.Commit != u.Pin.Commit
}

// newsOf describes what a fetch brought.
func newsOf(ctx context.Context, m *upstream.Mirror, move upstream.Move) (string, error) {
	switch {
	case move.First:
		return "new mirror", nil
	case move.Old == "":
		return "not fetched before", nil
	case move.Rewound:
		return "rewound", nil
	case move.Old == move.New:
		return "nothing new", nil
	}
	n, err := m.Count(ctx, move.Old, move.New)
	return fmt.Sprintf("%d new commits", n), err
}

// described describes a pin in a message.
func described(pin upstream.Pin) string {
	ref := pin.Ref + " "
	if strings.HasPrefix(string(pin.Commit), pin.Ref) {
		ref = ""
	}
	return ref + pin.Commit.Short() + " of " + pin.Date.Format(minutes)
}

// Report returns the pin in the form of reports.
func (u Upstream) Report() view.Upstream {
	return view.Upstream{
		URL: u.Pin.URL, Ref: u.Pin.Ref, Commit: string(u.Pin.Commit), Version: u.Facts.Version.String(),
		Schema: u.Facts.Schema, Chosen: u.other,
	}
}
