package patchimport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

// forkRepo is a fork's repository, opened together with upstream's.
type forkRepo struct {
	ref      forkRef
	address  string // the repository, for git: a URL, or the folder of a clone
	repo     *git.Repo
	tip      tree.ID
	since    tree.ID // only what the tip has beyond this; "": beyond upstream
	local    bool    // missing objects are not fetched
	upstream candidate.Upstream
}

// openRepo opens a fork's repository. Folder is the absolute path of its clone on this disk, or "".
func openRepo(
	ctx context.Context, u candidate.Upstream, ref forkRef, folder string,
) (f forkRepo, done func(), err error) {
	f = forkRepo{ref: ref, upstream: u, address: folder}
	if ref.dir == "" {
		f.address = ref.url
		f.repo = u.Mirror.Repo
		if f.tip, err = fetchFork(ctx, u, ref); err == nil && ref.since != nil {
			f.since, err = fetchFork(ctx, u, *ref.since)
		}
		return f, func() {}, err
	}
	clone, tip, err := git.Clone(ctx, folder, ref.branch)
	switch {
	case errors.Is(err, git.ErrNoRevision):
		return f, nil, fault.New(fault.Usage, "the clone %s has no branch %q", ref.dir, ref.branch).
			WithHint("see its branches: git -C %s branch --all", fault.Word(ref.dir))
	case errors.Is(err, git.ErrNoRepository):
		return f, nil, fault.New(fault.Usage, "%s is not a git repository that can be read: %w", ref.dir, err)
	case err != nil:
		return f, nil, err
	}
	joined, err := git.Join(clone, u.Mirror.Repo)
	if err != nil {
		_ = clone.Close()
		return f, nil, err
	}
	f.repo, f.tip, f.local = joined.Repo, tip, true
	done = func() { _, _ = joined.Close(), clone.Close() }
	if clone.Shallow() {
		if _, err := joined.Run(ctx, "rev-list", "--count", string(tip), "^"+string(u.Pin.Commit)); err != nil {
			done()
			return f, nil, fault.New(fault.Usage,
				"the clone %s is shallow: it does not have all of the fork's commits", ref.dir).
				WithHint("fetch them: git -C %s fetch --unshallow", fault.Word(ref.dir))
		}
	}
	return f, done, nil
}

// ancestor is the end of a name that means an older commit: BRANCH~2, COMMIT^.
var ancestor = regexp.MustCompile(`(?:[~^][0-9]*)+$`)

// fetchFork fetches a branch or commit of a repository elsewhere.
func fetchFork(ctx context.Context, u candidate.Upstream, ref forkRef) (tree.ID, error) {
	older := ancestor.FindString(ref.branch)
	id, err := u.Mirror.Fork(ctx, ref.url, strings.TrimSuffix(ref.branch, older))
	if err != nil || older == "" {
		return id, err
	}
	found, err := u.Mirror.Repo.Resolve(ctx, string(id)+older)
	if errors.Is(err, git.ErrNoRevision) {
		return "", fault.New(fault.Usage, "%s has no commit %q", ref.url, ref.branch)
	}
	return found, err
}

// isOwn reports whether a commit is none of upstream's.
func (f forkRepo) isOwn(ctx context.Context, id tree.ID, tips []tree.ID) (bool, error) {
	if f.since == "" {
		return false, nil
	}
	for _, tip := range tips {
		if tip == f.since {
			continue
		}
		if has, err := f.repo.Ancestor(ctx, id, tip); err != nil || has {
			return false, err
		}
	}
	return true, nil
}

// Blobs reads contents. Files that a fork on this disk lacks may be read from upstream.
func (f forkRepo) Blobs(ctx context.Context, ids []tree.ID) (map[tree.ID][]byte, error) {
	got, err := f.repo.Blobs(ctx, ids)
	if err != nil && ctx.Err() == nil && !errors.Is(err, fs.ErrNotExist) && !f.local {
		err = fmt.Errorf("%w: %w", err, fs.ErrNotExist) // the server does not send it
	}
	return got, err
}

// Ahead fetches in one batch what will be read from a remote fork.
func (f forkRepo) Ahead(ctx context.Context, ids []tree.ID) error {
	if f.local {
		return nil
	}
	_, err := f.repo.Sizes(ctx, ids)
	if ctx.Err() != nil {
		return err
	}
	return nil // what is missing is reported where it is needed
}
