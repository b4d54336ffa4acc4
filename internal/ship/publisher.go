// Package ship publishes a candidate: release, push, resume, promote, rollback, hold, prune, status, doctor. A
// release is the same images at every registry. image:build is in this package too, since it asks the registries what
// other machines have built.
package ship

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/loopback"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
)

// publisher has the registries of a distribution: those of howdah.toml, or else a local one, which it starts.
type publisher struct {
	s      *session.Session
	store  release.Store
	server *loopback.Server
	watch  *transfer
	hub    *githubPackages
}

// How often each request is tried: by a target that publishes as often as the client does by default, by one that only
// reads less often.
const manyTries, fewTries = 0, 2

// tries is the number of tries of each request of a run that publishes unless it is dry.
func tries(dry bool) int {
	if dry {
		return fewTries
	}
	return manyTries
}

// openRegistries opens the registries; tries is the number of tries of each request.
func openRegistries(ctx context.Context, s *session.Session, tries int) (_ *publisher, err error) {
	out := &publisher{s: s, watch: &transfer{}, hub: newGitHubPackages(s)}
	publish := s.Config.Publish
	names := publish.Registries
	if len(names) == 0 {
		if out.server, err = loopback.Start(ctx, s.Config.Result("registry"), Loopback(s)...); err != nil {
			return nil, err
		}
		sayMoved(s, out.server)
		names = []string{out.server.Address()}
	}
	registries, err := address.ParseAll(names, publish.Insecure...)
	if err != nil {
		return nil, errors.Join(err, out.close())
	}
	out.store.Client = registry.New(registry.Options{Keychain: s.Credentials, Tries: tries, Progress: out.watch.event,
		Deleter: out.hub})
	var images []string
	for _, i := range s.Config.Images() {
		images = append(images, i.Name)
	}
	out.store.Settings = release.Settings{
		Name: s.Config.Name, Images: images, Registries: registries, Required: publish.Required, Moving: publish.Moving,
		Public: publish.Public,
		Dist:   s.Config.Dist, Cache: s.Config.Cache.In("blobs"),
		Attended: s.Getenv("GITHUB_EVENT_NAME") == "workflow_dispatch" || s.Term.Live(),
	}
	return out, nil
}

// Loopback returns the addresses at which this machine's own registry may be. Without a port of its own, a distribution
// takes one of the next ports where another distribution has the first.
func Loopback(s *session.Session) []string {
	ports := 5
	if s.Config.Sets("publish.port") {
		ports = 1
	}
	var all []string
	for n := range ports {
		all = append(all, "127.0.0.1:"+strconv.Itoa(s.Config.Publish.Port+n))
	}
	return all
}

// sayMoved says that the local registry is not at its usual address, who has that, and how to keep the other.
func sayMoved(s *session.Session, server *loopback.Server) {
	usual := Loopback(s)[0]
	if at := server.Address(); at != usual && !server.Shared() {
		_, port, _ := strings.Cut(at, ":")
		s.Term.Warnf("%s; the local registry is at %s for this run; to keep it there, set [publish] port = %s in %s",
			loopback.Busy(usual), at, port, s.Config.File)
	}
}

// withRegistries opens the registries, and calls work.
func withRegistries(ctx context.Context, s *session.Session, tries int, work func(*publisher) error) error {
	out, err := openRegistries(ctx, s, tries)
	if err != nil {
		return err
	}
	defer out.close()
	return work(out)
}

// close stops the local registry, unless publish:serve keeps it running.
func (o *publisher) close() error {
	if o.store.Client != nil {
		o.store.Client.Close()
	}
	if o.server != nil {
		return o.server.Close()
	}
	return nil
}

// read asks the registries what they hold.
func (o *publisher) read(ctx context.Context) (known *release.Known, err error) {
	stage := o.s.Story.Stage("reading the registries")
	defer stage.FailOn(&err)
	if known, err = o.store.Read(ctx); err != nil {
		return nil, err
	}
	for name, err := range known.Errors {
		stage.Warn("%s cannot be read: %v", name, err)
	}
	if known.Newest == nil {
		stage.End("no release yet")
	} else {
		stage.End("newest release %s", known.Newest.Tag)
	}
	return known, nil
}

// Known returns what the registries hold; nil if they cannot be asked.
func Known(ctx context.Context, s *session.Session) *release.Known {
	var known *release.Known
	err := withRegistries(ctx, s, manyTries, func(o *publisher) (err error) {
		known, err = o.store.Read(ctx)
		return err
	})
	if err != nil {
		return nil
	}
	return known
}

// Released returns a function that finds upstream's commit of the newest release, for -ref=@released.
func Released(s *session.Session) func(context.Context) (string, error) {
	return func(ctx context.Context) (commit string, err error) {
		err = withRegistries(ctx, s, manyTries, func(o *publisher) error {
			known, err := o.store.Read(ctx)
			if err != nil {
				return err
			}
			if known.Newest == nil {
				return fault.New(fault.Usage, "-ref=@released means upstream's commit of the newest release, but nothing is "+
					"released yet").
					WithHint("leave -ref= out, or name a branch, tag or commit of upstream")
			}
			commit = known.Newest.Upstream.Commit
			return nil
		})
		return commit, err
	}
}

// packages returns the day of Debian's packages of the newest release; "" if there is none.
func packages(known *release.Known) string {
	if known == nil || known.Newest == nil {
		return ""
	}
	return known.Newest.Packages
}

// tagTime is the time that goes into a release's tag: the run's one moment.
func tagTime(s *session.Session) time.Time { return s.Now.UTC().Truncate(time.Second) }
