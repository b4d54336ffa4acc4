package patchimport

import (
	"context"
	"errors"
	"fmt"
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

// openedFork is a fork with what its history says.
type openedFork struct {
	source  forkRepo
	history forkHistory
	base    tree.ID  // the newest commit of upstream that it has merged, or of what it is compared with
	own     bool     // the base is no commit of upstream
	notes   []string // for a person
}

// openFork reads a fork's own commits, and finds the newest commit of upstream that it has merged.
func (m *Importer) openFork(ctx context.Context, u candidate.Upstream, ref forkRef) (*openedFork, func(), error) {
	repo, done, err := openRepo(ctx, u, ref, m.s.Path(ref.dir))
	if err != nil {
		return nil, nil, err
	}
	f, err := m.readFork(ctx, repo)
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
func (m *Importer) readFork(ctx context.Context, repo forkRepo) (*openedFork, error) {
	if err := repo.refuseEndless(ctx); err != nil {
		return nil, err
	}
	if err := m.warnUncommitted(ctx, repo.ref); err != nil {
		return nil, err
	}
	history, err := repo.history(ctx)
	if err != nil {
		return nil, err
	}
	tips := history.tips
	if repo.since != "" {
		tips = []tree.ID{repo.since}
	}
	base, err := repo.newestBase(ctx, tips)
	if err != nil {
		return nil, err
	}
	own, err := repo.isOwn(ctx, base, history.tips)
	if err != nil {
		return nil, err
	}
	notes, err := m.warnAhead(ctx, repo, base, history.newest)
	return &openedFork{source: repo, history: history, base: base, own: own, notes: notes}, err
}

// warnUncommitted warns about changes in a clone's work tree that are not committed, if the import takes what is
// checked out.
func (m *Importer) warnUncommitted(ctx context.Context, ref forkRef) error {
	if ref.dir == "" || ref.branch != "" {
		return nil
	}
	names, err := git.Uncommitted(ctx, m.s.Path(ref.dir))
	if err != nil {
		return ctx.Err() // opening it will report the error
	}
	if len(names) > 0 {
		m.s.Term.Warnf("the import leaves out what is not committed in %s: %s (%s)", ref.dir,
			plural.Of(len(names), "file"), plural.Few(names))
	}
	return nil
}

// warnAhead warns if the fork's upstream is ahead of the pin, unless it is a release's commit. It returns the warning
// for the report.
func (m *Importer) warnAhead(ctx context.Context, f forkRepo, base, newest tree.ID) (notes []string, err error) {
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
	m.s.Term.Warnf("%s", note)
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
