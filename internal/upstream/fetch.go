package upstream

import (
	"context"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// fsckAllowed are the findings of git fsck (message ids of git-fsck(1)) that are accepted. Mastodon's main has none
// up to 2026-04-30; a fork's history may have those of old tools.
var fsckAllowed = []string{"missingSpaceBeforeDate", "zeroPaddedFilemode"}

// Move is what a fetch did to one ref.
type Move struct {
	ref      string
	Old, New tree.ID // Old is "" the first time
	Rewound  bool    // New does not descend from Old
	First    bool    // the mirror was empty
}

// fetch fetches a remote ref into the mirror under the same name; git checks the objects before the ref moves.
func (m *Mirror) fetch(ctx context.Context, ref string) (Move, error) {
	move := Move{ref: ref}
	if old, err := m.Repo.Resolve(ctx, ref); err == nil {
		move.Old = old
	}
	if m.opt.Offline {
		if move.New = move.Old; move.New == "" {
			return move, fault.New(fault.Retry, "%s of %s was never fetched, and -offline forbids to fetch it", short(ref),
				m.URL).
				WithHint("run the same command once without -offline")
		}
		return move, nil
	}
	if move.Old == "" && m.opt.First != nil {
		if move.First, _ = m.empty(ctx); move.First {
			m.opt.First()
		}
	}
	args := append(m.fetchArgs(), "--filter=blob:none")
	done, err := m.opt.Alone(ctx)
	if err != nil {
		return move, err
	}
	defer done()
	if _, err := m.Repo.Net(ctx, m.opt.Progress, nil, append(args, remoteName, "+"+ref+":"+ref)...); err != nil {
		return move, m.explain(ctx, err, ref)
	}
	now, err := m.Repo.Resolve(ctx, ref)
	if err != nil {
		return move, fmt.Errorf("fetching %s: %w", ref, err)
	}
	if move.New = now; move.Old == now {
		return move, nil
	}
	// The commit graph finds the commits that touch a path without opening them; what it has about older commits is
	// kept.
	if _, err := m.Repo.Run(ctx, "commit-graph", "write", "--reachable", "--changed-paths"); err != nil {
		return move, fmt.Errorf("fetching %s: %w", ref, err)
	}
	if move.Old == "" {
		return move, nil
	}
	descends, err := m.Repo.Ancestor(ctx, move.Old, now)
	move.Rewound = !descends
	return move, err
}

// fetchArgs returns the arguments of a git fetch that checks every object and only writes the refs that are named.
func (m *Mirror) fetchArgs() []string {
	args := []string{"-c", "transfer.fsckObjects=true"}
	for _, id := range fsckAllowed {
		args = append(args, "-c", "fetch.fsck."+id+"=ignore")
	}
	args = append(args, "fetch", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--no-auto-maintenance")
	if m.opt.Progress != nil {
		return append(args, "--progress")
	}
	return append(args, "--quiet")
}

// orObjects returns a ref for messages, or "objects" for a fetch without one.
func orObjects(ref string) string {
	if ref == "" {
		return "objects"
	}
	return short(ref)
}

// short returns a ref without its first folders.
func short(ref string) string {
	return strings.TrimPrefix(strings.TrimPrefix(ref, "refs/heads/"), "refs/tags/")
}
