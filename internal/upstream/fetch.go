package upstream

import (
	"context"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// fsckAllowed are the findings of git fsck in upstream's own history that are let through (the message ids of
// git-fsck(1)). Mastodon's main has none up to 2026-04-30; a fork's may have those of old tools.
var fsckAllowed = []string{"missingSpaceBeforeDate", "zeroPaddedFilemode"}

// Move is what a fetch did to one ref.
type Move struct {
	ref      string
	Old, New tree.ID // Old is "" the first time
	Rewound  bool    // New does not descend from Old
}

// fetch brings a remote ref into the mirror under the same name; objects are checked before the ref moves.
func (m *Mirror) fetch(ctx context.Context, ref string) (Move, error) {
	move := Move{ref: ref}
	if old, err := m.Repo.Resolve(ctx, ref); err == nil {
		move.Old = old
	}
	if m.opt.Offline {
		if move.New = move.Old; move.New == "" {
			return move, fault.New(fault.Retry, "%s of %s was never fetched, and -offline forbids to fetch it", ref, m.URL).
				WithHint("run the same command once without -offline")
		}
		return move, nil
	}
	if move.Old == "" && m.opt.first != nil {
		if empty, _ := m.empty(ctx); empty {
			m.opt.first()
		}
	}
	args := []string{"-c", "transfer.fsckObjects=true"}
	for _, id := range fsckAllowed {
		args = append(args, "-c", "fetch.fsck."+id+"=ignore")
	}
	args = append(args, "fetch", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--no-auto-maintenance",
		"--filter=blob:none")
	if m.opt.progress != nil {
		args = append(args, "--progress")
	} else {
		args = append(args, "--quiet")
	}
	done, err := m.opt.Alone(ctx)
	if err != nil {
		return move, err
	}
	defer done()
	if _, err := m.Repo.Net(ctx, m.opt.progress, nil, append(args, remoteName, "+"+ref+":"+ref)...); err != nil {
		return move, m.explain(ctx, err, ref)
	}
	now, err := m.Repo.Resolve(ctx, ref)
	if err != nil {
		return move, fmt.Errorf("fetching %s: %w", ref, err)
	}
	if move.New = now; move.Old == now {
		return move, nil
	}
	// The graph says which commits touch a path without opening them; what is known of older commits is kept.
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

// orObjects is a ref as people write it, or what is fetched without one.
func orObjects(ref string) string {
	if ref == "" {
		return "objects"
	}
	return short(ref)
}

// short is a ref without its first folders.
func short(ref string) string {
	return strings.TrimPrefix(strings.TrimPrefix(ref, "refs/heads/"), "refs/tags/")
}
