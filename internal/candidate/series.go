package candidate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
)

// SeriesLock is the name of the lock, see series.Lock.
const SeriesLock = "series.lock"

// patchFolders opens the distribution's folders of changes.
func patchFolders(s *session.Session) ([]series.Folder, error) {
	var all []series.Folder
	for _, f := range s.Config.Patches {
		opened, err := s.Config.Folder(f)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, s.Config.Fault(fault.Usage, "patches", "the folder of changes %q does not exist", f.Name).
				WithHint("create it, or name another in patches or HOWDAH_PATCHES")
		}
		if err != nil {
			return nil, err
		}
		all = append(all, series.Folder{Name: f.Name, FS: opened})
	}
	return all, nil
}

// Series reads the folders of changes, without series.lock. Every change may touch the granted classes of paths.
func Series(s *session.Session, granted ...string) (*series.Series, error) {
	folders, err := patchFolders(s)
	if err != nil {
		return nil, err
	}
	return series.Load(folders, granted...)
}

// Read reads the distribution's series, and series.lock; the lock is nil if there is none.
func Read(s *session.Session, o Options) (*series.Series, *series.Lock, error) {
	folders, err := patchFolders(s)
	if err != nil {
		return nil, nil, err
	}
	return Load(s, o, folders)
}

// Load reads the series from folders, and series.lock; the lock is nil if there is none.
func Load(s *session.Session, o Options, folders []series.Folder) (*series.Series, *series.Lock, error) {
	var granted []string
	if o.Unsafe {
		granted = safety.Guarded()
	}
	var whole *series.Series
	var lock *series.Lock
	err := s.Steady(func() (err error) {
		if whole, err = series.Load(folders, granted...); err != nil {
			return err
		}
		lock, err = Lock(s, o)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	for _, hint := range whole.LineEnds {
		s.Term.Warnf("%s", s.Caller.Hint(hint))
	}
	if gone := whole.Missing(lock); len(gone) > 0 && !o.Relock {
		folder := s.Config.Patches[0].Name
		return nil, nil, fault.New(fault.Usage, "%d of the %d changes of %s are not in %s, which has no series.toml: %s",
			len(gone), len(lock.Changes), SeriesLock, folder, plural.Few(gone)).
			WithHint("bring it back: git checkout -- %s; if you removed them on purpose: %s",
				path.Join(folder, "series.toml"), target.PatchRefresh.Command())
	}
	return whole, lock, nil
}

// Lock reads series.lock; nil if there is none.
func Lock(s *session.Session, o Options) (*series.Lock, error) {
	data, err := s.Config.Read(SeriesLock, files.MaxLock)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lock, err := series.ParseLock(SeriesLock, data)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		if o.Relock {
			return series.MendLock(SeriesLock, data), nil
		}
		return nil, f.WithHint("the file is generated; this writes it anew: %s", target.PatchRefresh.Command())
	}
	return lock, err
}

// prefetch fetches the files that the changes name, in one batch: the versions at the pin, and those at the commits
// at which the changes were accepted, which merges need as their base. It returns the changes that need something
// that cannot be read: a repository cannot be reached, or no longer has the commit.
func (u Upstream) prefetch(
	ctx context.Context, s *series.Series, lock *series.Lock,
) (map[*series.Change]*fault.Error, error) {
	missing := map[*series.Change]*fault.Error{}
	for _, c := range s.Changes {
		if c.Overlay != nil && c.Overlay.Repository != "" {
			u.sources.wants(c.Overlay.Repository, slices.Sorted(maps.Keys(c.Overlay.Paths)))
		}
	}
	u.sources.name(s)
	paths := map[tree.ID][]string{u.Pin.Commit: nil}
	type wanted struct {
		commit tree.ID
		path   string
	}
	seen := map[wanted]bool{}
	for _, c := range s.Changes {
		if c.Refused != nil {
			continue
		}
		named, err := apply.Paths(ctx, c, u.sources)
		switch code := fault.CodeOf(err); {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case code == fault.Retry || code == fault.Auth || code == fault.Usage:
			missing[c] = fault.New(code, "%w", err).WithHint("%s", fault.HintOf(err))
		case err != nil:
			return nil, fmt.Errorf("reading what change %q takes: %w", c.Name, err)
		}
		commits := []tree.ID{u.Pin.Commit}
		if lock != nil && lock.Has(c) {
			commits = append(commits, lock.CommitOf(c))
		}
		for _, commit := range commits {
			for _, path := range named {
				if one := (wanted{commit, path}); !seen[one] && commit != "" {
					seen[one] = true
					paths[commit] = append(paths[commit], path)
				}
			}
		}
	}
	_, err := u.Mirror.PrefetchFiles(ctx, paths)
	return missing, err
}

// noChange returns the error for a name that no change has.
func noChange(name string, names []string) error {
	err := fault.New(fault.Usage, "there is no change %q", name)
	if len(names) == 0 {
		return err.WithHint("the series has no changes yet")
	}
	return err.WithHint("%s", nearest.Hint(name, names, "the changes are"))
}
