package upstream

import (
	"context"
	"errors"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

// pinCommit pins a commit. It must be on the branch, or on another one that was fetched before: a server also hands
// out the commits of forks.
func (m *Mirror) pinCommit(ctx context.Context, w Want) (Pin, Move, error) {
	branch := "refs/heads/" + w.Branch
	commit, err := m.Repo.Resolve(ctx, w.Ref)
	tip, tipErr := m.Repo.Resolve(ctx, branch)
	if err == nil && tipErr == nil {
		if ok, err := m.Repo.Ancestor(ctx, commit, tip); err == nil && ok {
			pin, err := m.describe(ctx, w.Ref, commit)
			return pin, Move{ref: branch, Old: tip, New: tip}, err
		}
	}
	if err == nil {
		if ref, tip := m.holder(ctx, commit); ref != "" {
			pin, err := m.describe(ctx, w.Ref, commit)
			return pin, Move{ref: ref, Old: tip, New: tip}, err
		}
	}
	move, err := m.fetchLine(ctx, w.Branch)
	if err != nil {
		return Pin{}, move, err
	}
	commit, err = m.Repo.Resolve(ctx, w.Ref)
	if errors.Is(err, git.ErrNoRevision) {
		return Pin{}, move, fault.New(fault.Usage, "upstream %s has no commit %q on %q", m.URL, w.Ref, short(move.ref)).
			WithHint("if it is on another branch, name that with HOWDAH_UPSTREAM_REF or -ref=BRANCH")
	}
	if err != nil {
		return Pin{}, move, err
	}
	ok, err := m.Repo.Ancestor(ctx, commit, move.New)
	if err != nil {
		return Pin{}, move, err
	}
	if !ok {
		return Pin{}, move, fault.New(fault.Usage, "commit %s is not on %q of %s", commit.Short(), short(move.ref), m.URL).
			WithHint("a commit that only a fork or a pull request has is not upstream's; see the kind pull in docs/series.md")
	}
	pin, err := m.describe(ctx, w.Ref, commit)
	return pin, move, err
}

// fetchLine fetches the branch or tag with this name. For a commit or a pattern it fetches the default branch.
func (m *Mirror) fetchLine(ctx context.Context, name string) (Move, error) {
	if hexDigits.MatchString(name) || strings.ContainsAny(name, "*?[") {
		ref, err := m.defaultBranch(ctx)
		if err != nil {
			return Move{}, err
		}
		return m.fetch(ctx, ref)
	}
	return m.fetchNamed(ctx, name)
}

// fetchNamed fetches the branch with this name, or the tag if there is no such branch.
func (m *Mirror) fetchNamed(ctx context.Context, name string) (Move, error) {
	move, err := m.fetch(ctx, "refs/heads/"+name)
	if fault.CodeOf(err) == fault.Usage || err != nil && m.opt.Offline {
		if tag, tagErr := m.fetch(ctx, "refs/tags/"+name); tagErr == nil {
			return tag, nil
		}
	}
	return move, err
}

// defaultBranch asks the repository which branch its HEAD is.
func (m *Mirror) defaultBranch(ctx context.Context) (string, error) {
	if m.opt.Offline {
		return "",
			fault.New(fault.Retry, "no branch of %s that was fetched has the commit, and -offline forbids to fetch more", m.URL).
				WithHint("run the same command once without -offline")
	}
	ref, err := m.Repo.RemoteHead(ctx, m.URL)
	switch {
	case err != nil:
		return "", m.explain(ctx, err, "HEAD")
	case ref == "":
		return "", fault.New(fault.Usage, "%s does not say which branch is its default, so the commit cannot be looked "+
			"for", m.URL).
			WithHint("name the commit's branch with HOWDAH_UPSTREAM_REF or -ref=BRANCH")
	}
	return ref, nil
}

// holder returns a branch or tag of upstream's that contains a commit, and its tip; "" if none in the mirror does.
func (m *Mirror) holder(ctx context.Context, commit tree.ID) (string, tree.ID) {
	out, err := m.Repo.Run(ctx, "for-each-ref", "--count=1", "--contains="+string(commit),
		"--format=%(refname) %(objectname)", "refs/heads/", "refs/tags/")
	if err != nil {
		return "", ""
	}
	ref, tip, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return ref, tree.ID(tip)
}
