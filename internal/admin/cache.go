package admin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/loopback"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/ship"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// part is one of the caches.
type part struct {
	name  string
	dir   string
	bytes int64
	drop  func(context.Context, int64) (int64, error) // reduces it to that many bytes, and returns what that freed; or nil
	ours  bool                                        // of this distribution alone: no other run can be using it
}

// caches lists the caches, the one that is needed least last.
func caches(s *session.Session) ([]part, error) {
	b := build.Builder(s)
	kit, err := b.Usage()
	if err != nil {
		return nil, err
	}
	parts := []part{
		{name: "mirrors", dir: s.Config.Cache.In("mirror")},
		{name: "bases", dir: s.Config.Cache.In("bases")},
		{name: "verdicts", dir: s.Config.Cache.In("history")},
		{name: "local registry", dir: s.Config.Result("registry")},
		{name: "blobs of registries", dir: s.Config.Cache.In("blobs"), drop: removeAll(s.Config.Cache.In("blobs"))},
		{name: "image layouts", dir: s.Config.Result("images"), drop: removeAll(s.Config.Result("images")), ours: true},
		{name: "BuildKit", dir: s.Config.Cache.In("buildkit"), bytes: kit, drop: b.Prune, ours: true},
	}
	for i := range parts {
		if parts[i].bytes == 0 {
			if parts[i].bytes, err = files.Usage(parts[i].dir); err != nil {
				return nil, err
			}
		}
	}
	return parts, nil
}

// removeAll returns a function that empties a folder which can be made again. Locks in it stay: others may be waiting
// for them.
func removeAll(dir string) func(context.Context, int64) (int64, error) {
	return func(context.Context, int64) (int64, error) {
		n, err := files.Usage(dir)
		if err != nil {
			return 0, err
		}
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return 0, nil
		}
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), ".") {
				err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
			}
		}
		return n, err
	}
}

// CacheStatus runs cache:status: it prints the size of each cache.
func CacheStatus(_ context.Context, s *session.Session) error {
	parts, err := caches(s)
	if err != nil {
		return err
	}
	var total int64
	for _, c := range parts {
		total += c.bytes
	}
	s.Term.Answerf("%s · caches: %s of %s", s.Distribution(), term.Size(total), term.Size(s.Config.Cache.Max))
	for _, c := range parts {
		s.Term.Answerf("  %-20s %9s  %s", c.name, term.Size(c.bytes), c.dir)
	}
	return nil
}

// collect frees unreferenced data in the local registry, as publish:prune leaves it.
func collect(ctx context.Context, s *session.Session, dry bool) (int64, error) {
	dir := s.Config.Result("registry")
	switch {
	case loopback.Served(ctx, dir, ship.Loopback(s)...):
		s.Term.Warnf("the local registry is being served, so its unreferenced data stays; stop this first: %s",
			s.Line(target.PublishServe))
		return 0, nil
	case dry:
		s.Term.Answerf("would free unreferenced data in the local registry")
		return 0, nil
	}
	before, err := files.Usage(dir)
	if err != nil || before == 0 {
		return 0, err
	}
	if err := loopback.Collect(ctx, dir, s.Now); err != nil {
		return 0, err
	}
	after, err := files.Usage(dir)
	if err != nil || after == before {
		return 0, err
	}
	s.Term.Answerf("freed %s of unreferenced data in the local registry", term.Size(before-after))
	return before - after, nil
}

// whileUnused returns a function that drops a cache that distributions share, unless another run uses one of them.
func whileUnused(
	s *session.Session, name string, drop func(context.Context, int64) (int64, error),
) func(context.Context, int64) (int64, error) {
	return func(ctx context.Context, keep int64) (n int64, err error) {
		dropped := false
		held, err := lock.Share(ctx, candidate.Users(s), func() error {
			dropped = true
			n, err = drop(ctx, keep)
			return err
		})
		if err != nil {
			return n, err
		}
		if !dropped {
			s.Term.Warnf("another run uses %s, so they are kept", name)
		}
		return n, held.Release()
	}
}

// CachePrune runs cache:prune: it removes unreferenced data of the local registry, then BuildKit's cache, then what can
// be made again, until the caches are within [cache] max. With all it empties the caches, except for the local
// registry, which has releases.
func CachePrune(ctx context.Context, s *session.Session, all, dry bool) error {
	parts, err := caches(s)
	if err != nil {
		return err
	}
	var total, freed int64
	for _, c := range parts {
		total += c.bytes
	}
	n, err := collect(ctx, s, dry)
	if err != nil {
		return err
	}
	freed += n
	slices.Reverse(parts)
	for _, c := range parts {
		over := total - freed - s.Config.Cache.Max
		drop, keep := c.drop, c.bytes-over
		if all {
			over, keep = c.bytes, 0
			if drop == nil && c.name != "local registry" {
				drop = removeAll(c.dir)
			}
		}
		if over <= 0 || drop == nil || c.bytes == 0 {
			continue
		}
		if dry {
			s.Term.Answerf("would free up to %s of %s", term.Size(min(over, c.bytes)), c.name)
			freed += min(over, c.bytes)
			continue
		}
		if !c.ours {
			drop = whileUnused(s, c.name, drop)
		}
		n, err := drop(ctx, max(keep, 0))
		if err != nil {
			return fmt.Errorf("pruning %s: %w", c.name, err)
		}
		s.Term.Answerf("freed %s of %s", term.Size(n), c.name)
		freed += n
	}
	s.Term.Sayf("%s of %s left", term.Size(total-freed), term.Size(s.Config.Cache.Max))
	return nil
}
