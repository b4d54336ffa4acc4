package author

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/fork"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/tree"
)

// forkRepo is a fork's repository, opened together with upstream's.
type forkRepo struct {
	ref      forkRef
	repo     *git.Repo
	tip      tree.ID
	local    bool // missing objects are not fetched
	upstream candidate.Upstream
}

// openedFork is a fork with what its history says.
type openedFork struct {
	source  forkRepo
	history forkHistory
	base    tree.ID  // the newest commit of upstream that it has merged
	notes   []string // for a person
}

// openFork reads a fork's own commits, and finds the newest commit of upstream that it has merged.
func (a *Author) openFork(ctx context.Context, u candidate.Upstream, ref forkRef) (*openedFork, func(), error) {
	repo, done, err := openRepo(ctx, u, ref, a.s.Path(ref.dir))
	if err != nil {
		return nil, nil, err
	}
	f, err := a.readFork(ctx, repo)
	if err != nil {
		done()
		if errors.Is(err, fork.ErrMany) || errors.Is(err, tree.ErrMany) {
			err = fault.New(fault.Usage, "%s cannot be imported: %w", ref.from, err)
		}
		return nil, nil, err
	}
	return f, done, nil
}

// readFork reads the history of an open fork.
func (a *Author) readFork(ctx context.Context, repo forkRepo) (*openedFork, error) {
	if err := repo.refuseEndless(ctx); err != nil {
		return nil, err
	}
	if err := a.warnUncommitted(ctx, repo.ref); err != nil {
		return nil, err
	}
	history, err := repo.history(ctx)
	if err != nil {
		return nil, err
	}
	base, err := repo.newestBase(ctx, history.tips)
	if err != nil {
		return nil, err
	}
	notes, err := a.warnAhead(ctx, repo, base, history.newest)
	return &openedFork{source: repo, history: history, base: base, notes: notes}, err
}

// warnUncommitted warns about changes in a clone's work tree that are not committed, if the import takes what is
// checked out.
func (a *Author) warnUncommitted(ctx context.Context, ref forkRef) error {
	if ref.dir == "" || ref.branch != "" {
		return nil
	}
	names, err := git.Uncommitted(ctx, a.s.Path(ref.dir))
	if err != nil {
		return ctx.Err() // opening it will report the error
	}
	if len(names) > 0 {
		a.s.Term.Warnf("the import leaves out what is not committed in %s: %s (%s)", ref.dir,
			plural.Of(len(names), "file"), plural.Few(names))
	}
	return nil
}

// openRepo opens a fork's repository. Folder is the absolute path of its clone on this disk, or "".
func openRepo(
	ctx context.Context, u candidate.Upstream, ref forkRef, folder string,
) (f forkRepo, done func(), err error) {
	f = forkRepo{ref: ref, upstream: u}
	if ref.dir == "" {
		f.repo = u.Mirror.Repo
		f.tip, err = u.Mirror.Fork(ctx, ref.url, ref.branch)
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

// warnAhead warns if the fork's upstream is ahead of the pin, unless it is a release's commit. It returns the warning
// for the report.
func (a *Author) warnAhead(ctx context.Context, f forkRepo, base, newest tree.ID) (notes []string, err error) {
	pin := f.upstream.Pin
	for _, one := range []struct {
		of   tree.ID
		want bool
	}{{pin.Commit, false}, {newest, true}} {
		if has, err := f.repo.Ancestor(ctx, base, one.of); err != nil || has != one.want {
			return nil, err
		}
	}
	out, err := f.repo.Run(ctx, "rev-list", "--count", string(base), "^"+string(pin.Commit))
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		return nil, err
	}
	note := fmt.Sprintf("%s has merged upstream %s, which has %s that the pin %s does not have: its changes are made "+
		"on the former, and judged on the latter", f.ref.from, base.Short(), plural.Of(n, "commit"), pin.Commit.Short())
	a.s.Term.Warnf("%s", note)
	return []string{note}, nil
}

// refuseEndless refuses a fork whose tree has more files than git can list: a small tree can contain itself many
// times.
func (f forkRepo) refuseEndless(ctx context.Context) error {
	tip, err := f.repo.At(ctx, f.tip)
	if err != nil {
		return err
	}
	_, err = tree.CompareMost(ctx, f.upstream.Facts.Tree, tip, tree.MaxListed)
	return err
}

// newestBase returns the commit of upstream from which the fork differs least: the newest one that it merged. If
// there are several merge bases, none of which contains another, it is the one with the fewest different files. Tips
// are upstream's.
func (f forkRepo) newestBase(ctx context.Context, tips []tree.ID) (tree.ID, error) {
	seen := map[tree.ID]bool{}
	for _, id := range tips {
		out, err := f.repo.Run(ctx, "merge-base", "--all", string(id), string(f.tip))
		if err != nil && !git.NotFound(err) {
			return "", err
		}
		for base := range strings.FieldsSeq(string(out)) {
			seen[tree.ID(base)] = true
		}
	}
	if len(seen) == 0 {
		return "", fault.New(fault.Usage, "%s has no commit in common with %s", f.ref.from, f.upstream.Pin.URL).
			WithHint("is [upstream] url the repository that it was forked from?")
	}
	args := []string{"merge-base", "--independent"}
	for id := range seen {
		args = append(args, string(id))
	}
	out, err := f.repo.Run(ctx, args...)
	if err != nil {
		return "", err
	}
	bases := strings.Fields(string(out))
	best, least := tree.ID(""), 0
	for _, id := range bases {
		n := 0
		if len(bases) > 1 {
			names, err := f.repo.Run(ctx, "diff-tree", "-r", "--name-only", "--no-renames", id, string(f.tip))
			if err != nil {
				return "", err
			}
			n = strings.Count(string(names), "\n")
		}
		if best == "" || n < least || n == least && tree.ID(id) < best {
			best, least = tree.ID(id), n
		}
	}
	return best, nil
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

// paths returns a filter of paths: names of files and folders, or patterns.
func paths(only, without []string) func(string) bool {
	in := func(list []string, name string) bool {
		for _, one := range list {
			one = strings.TrimSuffix(one, "/")
			if name == one || strings.HasPrefix(name, one+"/") {
				return true
			}
			if ok, err := path.Match(one, name); err == nil && ok {
				return true
			}
		}
		return false
	}
	return func(name string) bool { return (len(only) == 0 || in(only, name)) && !in(without, name) }
}

// refuse returns why no change may write what a path of the difference has, or nil.
func refuse(d fork.Delta, target string) error {
	for _, one := range []struct {
		name string
		f    fork.File
	}{{d.From, fork.File{}}, {d.Path, d.New}} {
		if one.name == "" {
			continue
		}
		if err := safety.CheckWrite(one.name, one.f.Mode, target); err != nil {
			return err
		}
	}
	if d.Old.Mode == tree.Submodule {
		return safety.CheckWrite(d.Path, tree.Submodule, "")
	}
	return nil
}
