package patchimport

import (
	"context"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/fork"
	"github.com/howdah/howdah/internal/tree"
)

// releaseBump matches the subject of the commits with which upstream makes its releases.
var releaseBump = regexp.MustCompile(`^Bump version to v?[0-9]`)

var mergedRelease = regexp.MustCompile(`^Merge .*\b(?:stable-[0-9]|v[0-9]+\.[0-9])`)

// forkHistory is what a fork's commits are compared with, and those that upstream does not have.
type forkHistory struct {
	newest   tree.ID            // the newest commit of upstream
	releases map[string]tree.ID // of upstream, if the fork has merged any
	tips     []tree.ID          // the pin, upstream's newest commit and releases, and what the fork is compared with
	known    map[string]bool    // signatures of upstream's commits
	commits  []fork.Commit
}

// history reads the commits that upstream does not have. It fetches upstream's releases if the fork has merged one,
// or if more than a quarter of its commits are upstream's, as in a fork that began with a release.
func (f forkRepo) history(ctx context.Context) (h forkHistory, err error) {
	pin := f.upstream.Pin
	if h.newest, err = f.upstream.Mirror.Newest(ctx, pin); err != nil {
		return h, err
	}
	if h.tips = []tree.ID{pin.Commit}; h.newest != pin.Commit {
		h.tips = append(h.tips, h.newest)
	}
	if f.since != "" {
		h.tips = append(h.tips, f.since)
	}
	own, err := f.outline(ctx, h.tips)
	if err != nil {
		return h, err
	}
	if own.release || 4*own.copied > own.commits {
		if h.releases, err = f.upstream.Mirror.Releases(ctx); err != nil {
			return h, err
		}
		if len(h.releases) > 0 {
			h.tips = slices.AppendSeq(h.tips, maps.Values(h.releases))
			if own, err = f.outline(ctx, h.tips); err != nil {
				return h, err
			}
		}
	}
	if own.copied >= mostCopied && 2*own.copied > own.commits {
		return h, fault.New(fault.Usage, "%s and %s have the same history under other ids: %d of the %d commits that "+
			"only the fork has are upstream's", f.ref.from, pin.URL, own.copied, own.commits).
			WithHint("set [upstream] url to the repository that it was forked from; it has to have those very commits")
	}
	if err := f.refuseWide(ctx, own); err != nil {
		return h, err
	}
	h.known = own.known
	err = f.repo.Stream(ctx, func(r io.Reader) (err error) {
		h.commits, err = fork.ParseHistory(r)
		return err
	}, append(append(fork.LogArgs(), string(f.tip)), except(h.tips)...)...)
	return h, err
}

// maxCommitFiles limits the files in the tree of a fork's commit; Mastodon has about 10,000.
const maxCommitFiles = 200_000

// refuseWide returns an error if one of the fork's own commits has more files than git log should list, even if a
// later commit removed them. The tip's tree is checked elsewhere.
func (f forkRepo) refuseWide(ctx context.Context, own outline) error {
	root, files, err := f.repo.MostFiles(ctx, slices.Sorted(maps.Keys(own.roots)), maxCommitFiles)
	if err == nil && files > maxCommitFiles {
		err = fmt.Errorf("%w: its commit %.9s has more than %d files", fork.ErrMany, own.roots[root], maxCommitFiles)
	}
	return err
}

// mostCopied is how many cherry-picked upstream commits a fork may have before its history counts as upstream's, even
// if they are most of its own.
const mostCopied = 200

// outline counts a fork's own commits, without merges.
type outline struct {
	commits, copied int
	release         bool            // it has merged one of upstream's releases, or begins with it
	known           map[string]bool // signatures of upstream's commits since its oldest one

	roots map[tree.ID]string // by tree: its commit, merges included
}

// outline lists the commits that upstream does not have, without reading their trees. Tips are upstream's.
func (f forkRepo) outline(ctx context.Context, tips []tree.ID) (outline, error) {
	args := append([]string{"log", "--format=%H %T %p%x00%an%x00%at%x00%s", string(f.tip)}, except(tips)...)
	out, err := f.repo.Run(ctx, args...)
	if err != nil {
		return outline{}, err
	}
	own := outline{roots: map[tree.ID]string{}}
	var signatures []string
	oldest := int64(0)
	for line := range strings.Lines(string(out)) {
		ids, signature, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\x00")
		fields := strings.SplitN(signature, "\x00", 3)
		if len(fields) < 3 {
			continue
		}
		commit, rest, _ := strings.Cut(ids, " ")
		root, parents, _ := strings.Cut(rest, " ")
		own.roots[tree.ID(root)] = commit
		if strings.Contains(parents, " ") {
			own.release = own.release || mergedRelease.MatchString(fields[2])
			continue
		}
		if at, err := strconv.ParseInt(fields[1], 10, 64); err == nil && (oldest == 0 || at < oldest) {
			oldest = at
		}
		own.release = own.release || releaseBump.MatchString(fields[2])
		signatures = append(signatures, signature)
	}
	own.commits = len(signatures)
	if own.commits == 0 {
		return own, nil
	}
	if own.known, err = f.signatures(ctx, tips, oldest); err != nil {
		return own, err
	}
	for _, s := range signatures {
		if own.known[s] {
			own.copied++
		}
	}
	return own, nil
}

// except returns arguments for git that exclude the history of commits.
func except(tips []tree.ID) (args []string) {
	for _, id := range tips {
		args = append(args, "^"+string(id))
	}
	return args
}

// signatures returns those of upstream's commits since the fork's oldest one, to recognise cherry-picks.
func (f forkRepo) signatures(ctx context.Context, tips []tree.ID, oldest int64) (map[string]bool, error) {
	const year = 365 * 24 * 3600
	args := []string{"log", "--no-merges", "--format=%an%x00%at%x00%s", fmt.Sprintf("--since=%d", oldest-year)}
	for _, id := range tips {
		args = append(args, string(id))
	}
	out, err := f.repo.Run(ctx, args...)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		known[strings.TrimSuffix(line, "\n")] = true
	}
	return known, nil
}
