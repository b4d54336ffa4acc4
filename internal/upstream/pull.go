package upstream

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/tree"
)

// Pull is a pull request at its pinned commit.
type Pull struct {
	Base, Head tree.ID // commits: the change is the difference from Base to Head, unless there are Steps
	Own        int     // number of commits between them
	Copies     int     // number of rewritten copies of upstream's commits that are left out of the change
	Steps      []Step  // its own commits, oldest first, if there are copies between them: the change is what these do
}

// Step is a commit and its first parent.
type Step struct{ Parent, Commit tree.ID }

// remoteFor returns the name of the remote of a pull request's repository; it adds the remote if it is new.
func (m *Mirror) remoteFor(ctx context.Context, p pullref.Ref) (string, error) {
	if m.Owns(p) {
		return remoteName, nil
	}
	name := "fork-" + p.Owner + "-" + strings.ReplaceAll(p.Repo, ".", "-")
	if m.named[name] == p.URL() {
		return name, nil
	}
	if err := m.set(ctx, remoteSettings(name, p.URL())); err != nil {
		return "", fmt.Errorf("naming the repository of %s: %w", p, err)
	}
	if m.named == nil {
		m.named = map[string]string{}
	}
	m.named[name] = p.URL()
	return name, nil
}

// pullKey is the question that Pull answers.
type pullKey struct {
	of          pullref.Ref
	commit, tip tree.ID
}

// Pull fetches the pinned commit of a pull request, and finds what it changes relative to tip, the upstream commit
// that the series is applied to. A branch that was rebased over rewritten commits of upstream contains copies of
// these; they are recognised by author, date and subject, and left out. It caches its answers.
func (m *Mirror) Pull(ctx context.Context, p pullref.Ref, commit, tip tree.ID) (Pull, error) {
	key := pullKey{p, commit, tip}
	if pull, ok := m.pulled[key]; ok {
		return pull, nil
	}
	pull, err := m.pull(ctx, p, commit, tip)
	if err != nil {
		return Pull{}, err
	}
	if m.pulled == nil {
		m.pulled = map[pullKey]Pull{}
	}
	m.pulled[key] = pull
	return pull, nil
}

func (m *Mirror) pull(ctx context.Context, p pullref.Ref, commit, tip tree.ID) (Pull, error) {
	remote, err := m.remoteFor(ctx, p)
	if err != nil {
		return Pull{}, err
	}
	if err := m.fetchPinned(ctx, remote, p, commit); err != nil {
		return Pull{}, err
	}
	base, err := m.Repo.MergeBase(ctx, tip, commit)
	if err != nil {
		return Pull{}, fmt.Errorf("finding where %s left upstream: %w", p, err)
	}
	if base == "" {
		return Pull{}, fault.New(fault.Usage, "commit %s of %s has no commit in common with upstream", commit.Short(), p).
			WithHint("see whether the change names a repository of Mastodon")
	}
	pull, err := m.own(ctx, base, tip, commit)
	if err != nil {
		return Pull{}, fmt.Errorf("reading the commits of %s: %w", p, err)
	}
	if len(pull.Steps) == 0 {
		return pull, m.prefetchPull(ctx, p, remote, pull.Base, pull.Head)
	}
	for _, s := range pull.Steps {
		if err := m.prefetchPull(ctx, p, remote, s.Parent, s.Commit); err != nil {
			return Pull{}, err
		}
	}
	return pull, nil
}

// fetchPinned fetches the pinned commit by its id, or by the pull request's head if the server does not serve single
// commits.
func (m *Mirror) fetchPinned(ctx context.Context, remote string, p pullref.Ref, commit tree.ID) error {
	if _, err := m.Repo.Resolve(ctx, string(commit)); err == nil {
		return nil
	}
	if m.opt.Offline {
		return fault.New(fault.Retry, "commit %s of %s is not in the mirror, and -offline forbids to "+
			"fetch it", commit.Short(), p).WithHint("run the same command once without -offline")
	}
	keep := "refs/pins/" + string(commit)
	args := []string{"-c", "transfer.fsckObjects=true", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
		"--recurse-submodules=no", "--no-auto-maintenance", "--filter=blob:none", remote}
	done, err := m.opt.Alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	_, err = m.Repo.Net(ctx, m.opt.Progress, nil, append(args, "+"+string(commit)+":"+keep)...)
	if err != nil && p.Number != "" && ctx.Err() == nil {
		if _, headErr := m.Repo.Net(ctx, m.opt.Progress, nil,
			append(args, "+"+p.Head()+":refs/pulls/"+p.Owner+"/"+p.Repo+"/"+p.Number)...); headErr != nil {
			err = headErr
		} else if _, err = m.Repo.Resolve(ctx, string(commit)); err != nil {
			return fault.New(fault.Usage, "commit %s is not (or no longer) in %s", commit.Short(), p).
				WithHint("see what it has now, and pin that: %s", fault.Command{Target: "patch:pin", Args: []string{"NAME"}})
		}
	}
	if err != nil {
		return m.explainPull(ctx, err, p)
	}
	return nil
}

// own separates the pull request's own commits from copies of upstream's.
func (m *Mirror) own(ctx context.Context, base, tip, head tree.ID) (Pull, error) {
	all, err := m.signed(ctx, base, head)
	if err != nil {
		return Pull{}, err
	}
	pull := Pull{Base: base, Head: head, Own: len(all)}
	if len(all) == 0 {
		return pull, nil
	}
	known, err := m.marks(ctx, base, tip)
	if err != nil {
		return Pull{}, err
	}
	var own []signed
	for i, c := range all { // newest first
		if !known[c.mark] {
			own = append(own, c)
			continue
		}
		if len(own) == i {
			pull.Base = c.id // all later ones are the pull request's own
		}
	}
	pull.Own, pull.Copies = len(own), len(all)-len(own)
	if pull.Copies == 0 || len(own) == 0 || own[len(own)-1].id == all[len(own)-1].id {
		return pull, nil
	}
	pull.Base = base
	for _, c := range slices.Backward(own) {
		if c.parent == "" {
			return Pull{}, fault.New(fault.Usage, "its commit %s has no parent, so it has no changes to take", c.id.Short())
		}
		pull.Steps = append(pull.Steps, Step{c.parent, c.id})
	}
	return pull, nil
}

// signed is a commit, and what it keeps when it is rewritten.
type signed struct {
	id, parent tree.ID // the first parent
	mark       string
}

// marks returns the signatures of the commits from base to tip; pull requests with the same base ask git once.
func (m *Mirror) marks(ctx context.Context, base, tip tree.ID) (map[string]bool, error) {
	key := [2]tree.ID{base, tip}
	if known, ok := m.marked[key]; ok {
		return known, nil
	}
	list, err := m.signed(ctx, base, tip)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(list))
	for _, c := range list {
		known[c.mark] = true
	}
	m.marked = map[[2]tree.ID]map[string]bool{key: known} // only the last one: each may have all of upstream's commits
	return known, nil
}

// signed returns the commits from base to head, newest first, without merges.
func (m *Mirror) signed(ctx context.Context, base, head tree.ID) ([]signed, error) {
	out, err := m.Repo.Run(ctx, "log", "--no-merges", "--topo-order", "--format=%H %P%x00%an%x00%at%x00%s",
		string(base)+".."+string(head))
	if err != nil {
		return nil, err
	}
	var list []signed
	for line := range strings.Lines(string(out)) {
		ids, mark, _ := strings.Cut(strings.TrimRight(line, "\n"), "\x00")
		id, parents, _ := strings.Cut(ids, " ")
		parent, _, _ := strings.Cut(parents, " ")
		list = append(list, signed{id: tree.ID(id), parent: tree.ID(parent), mark: mark})
	}
	return list, nil
}

// prefetchPull fetches the files that the change touches, on both sides, from the repository that has them.
func (m *Mirror) prefetchPull(ctx context.Context, p pullref.Ref, remote string, base, head tree.ID) error {
	before, after, err := m.touched(ctx, base, head)
	if err != nil {
		return err
	}
	for _, side := range []struct {
		from  string
		files []tree.ID
	}{{remoteName, before}, {remote, after}} {
		ids, err := m.Repo.Absent(ctx, side.files)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			continue
		}
		if m.opt.Offline {
			return m.fetchObjects(ctx, ids)
		}
		if err := m.Repo.FetchObjects(ctx, side.from, ids, m.opt.Progress); err != nil {
			return m.explainPull(ctx, err, p)
		}
	}
	return nil
}

// touched returns the blobs in which two commits differ, on each side.
func (m *Mirror) touched(ctx context.Context, base, head tree.ID) (before, after []tree.ID, err error) {
	out, err := m.Repo.Run(ctx, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev",
		string(base), string(head))
	if err != nil {
		return nil, nil, err
	}
	for field := range strings.SplitSeq(string(out), "\x00") {
		sides, ok := strings.CutPrefix(field, ":") // ":100644 100644 OLD NEW M", then the path
		if parts := strings.Fields(sides); ok && len(parts) == 5 && tree.ID(parts[2]).Valid() && tree.ID(parts[3]).Valid() {
			before, after = appendFile(before, parts[0], parts[2]), appendFile(after, parts[1], parts[3])
		}
	}
	return before, after, nil
}

// appendFile appends a side of a file in which two commits differ, unless it does not exist or is a submodule.
func appendFile(to []tree.ID, mode, id string) []tree.ID {
	if mode == "000000" || mode == "160000" {
		return to
	}
	return append(to, tree.ID(id))
}

// PullHead asks for the present head of a pull request; "" if the server no longer has it.
func (m *Mirror) PullHead(ctx context.Context, p pullref.Ref) (tree.ID, error) {
	if m.opt.Offline || p.Number == "" {
		return "", nil
	}
	remote, err := m.remoteFor(ctx, p)
	if err != nil {
		return "", err
	}
	refs, err := m.Repo.LsRemote(ctx, remote, p.Head())
	if err != nil {
		return "", m.explainPull(ctx, err, p)
	}
	return refs[p.Head()], nil
}

// Commit fetches one commit of this mirror's repository by its full id, with the files below paths, and returns its
// tree. Remote overlays are read with it.
func (m *Mirror) Commit(ctx context.Context, commit tree.ID, paths ...string) (*tree.Tree, error) {
	if !commit.Valid() {
		return nil, fault.New(fault.Usage, "commit %q of %s is not of 40 hex digits", commit, m.URL)
	}
	if err := m.fetchPinned(ctx, remoteName, pullref.Ref{Owner: m.URL}, commit); err != nil {
		return nil, err
	}
	if _, err := m.Prefetch(ctx, commit, paths...); err != nil {
		return nil, err
	}
	return m.Repo.At(ctx, commit)
}
