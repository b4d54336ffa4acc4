package upstream

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/pullref"
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
		return move, m.explain(err, ref)
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

// reasons tell git's words apart; the first that is found decides.
var reasons = []struct {
	says string
	code fault.Code
	hint string
}{
	{"couldn't find remote ref", fault.Usage, ""},
	{"invalid refspec", fault.Usage, "-ref= and [upstream] ref take a branch, a commit, or a tag pattern such as v4.5.*"},
	{"not our ref", fault.Usage, "the commit is not (or no longer) in that repository"},
	{"fsck error", fault.Gate,
		"the repository sent an object that git refuses as unsafe or corrupt: nothing of it is used"},
	{"error in object", fault.Gate,
		"the repository sent an object that git refuses as unsafe or corrupt: nothing of it is used"},
	{"does not appear to be a git repository", fault.Usage, "check [upstream] url, or HOWDAH_UPSTREAM_URL"},
	{"' not found", fault.Usage, "check [upstream] url, or HOWDAH_UPSTREAM_URL"},
	{"Repository not found", fault.Usage, "check [upstream] url, or HOWDAH_UPSTREAM_URL"},
	{"strange pathname", fault.Usage, "check [upstream] url, or HOWDAH_UPSTREAM_URL"},
	{"strange hostname", fault.Usage, "check [upstream] url, or HOWDAH_UPSTREAM_URL"},
	{"transport '", fault.Usage, "https, ssh and paths are allowed"},
	{"could not read Username", fault.Auth,
		"there is no such public repository, or it asks for a login: see git's credential helper"},
	{"Authentication failed", fault.Auth, "see git's credential helper"},
	{"Permission denied (publickey", fault.Auth, "see the SSH agent's keys"},
	{dubious, fault.Usage, ""},
	{"bad config", fault.Usage, "correct that line of git's configuration; every git command fails because of it"},
	{"certificate", fault.Retry,
		"the certificate is not trusted here: is the clock right? GIT_SSL_CAINFO names the file with a proxy's own CA"},
}

// dubious is what git says of a repository on this machine that belongs to another user.
const dubious = "detected dubious ownership"

// progress is what git says of how far it is.
var progress = regexp.MustCompile(
	`^(remote: )?(Enumerating|Counting|Compressing|Receiving|Resolving|Total|Checking|From) `)

// explain gives a failed fetch from upstream its exit code and words.
func (m *Mirror) explain(err error, ref string) error { return m.explainFrom(err, ref, m.URL) }

// explainPull does so for one from a pull request's repository.
func (m *Mirror) explainPull(err error, p pullref.Ref) error {
	switch {
	case p.Repo == "": // this mirror's own repository, see Commit
		return m.explainFrom(err, "", m.URL)
	case m.Owns(p):
		return m.explainFrom(err, p.String(), m.URL)
	}
	return m.explainFrom(err, p.String(), p.URL())
}

// failed is a git command that failed, told by what git says and not by how it was called.
type failed struct {
	err  error
	says string
}

func (f failed) Error() string { return f.says }
func (f failed) Unwrap() error { return f.err }

// says are git's own words on one line, without its marks, warnings and progress.
func says(stderr string) string {
	var lines []string
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		line = line[strings.LastIndexByte(line, '\r')+1:]
		if rest, ok := strings.CutPrefix(line, "fatal: "); ok {
			line = rest
		}
		if strings.HasPrefix(line, "warning: ") || progress.MatchString(line) {
			continue
		}
		if line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}

// roomForGit is the free disk below which a git that failed is taken to have failed for that: what it says of it
// differs from one of its programs to the next.
const roomForGit = 1 << 20

// unusable is the error of a git that is not there or too old, nil for any other.
func unusable(err error) error {
	const hint = "apt-get install git, or https://git-scm.com"
	var run *git.RunError
	switch {
	case errors.Is(err, git.ErrNotInstalled):
		return fault.New(fault.Usage, "%w", err).WithHint(hint)
	case errors.Is(err, git.ErrTooOld) && errors.As(err, &run):
		return fault.New(fault.Usage, "%w",
			failed{err, strings.TrimSuffix(git.ErrTooOld.Error()+"; "+says(run.Stderr), "; ")}).WithHint(hint)
	}
	return nil
}

// full says that git has failed for want of room.
func (m *Mirror) full(said string) bool {
	free, err := fault.Free(m.opt.Cache)
	return err == nil && free < roomForGit || strings.Contains(said, "No space left on device")
}

// explainFrom says why a fetch failed: the repository is out of reach, unless git or the disk says otherwise.
func (m *Mirror) explainFrom(err error, ref, from string) error {
	if bad := unusable(err); bad != nil {
		return bad
	}
	var run *git.RunError
	if !errors.As(err, &run) || run.Stderr == "" {
		return err
	}
	if m.full(run.Stderr) {
		return fault.New(fault.Other, "fetching %s from %s: %w", orObjects(ref), from, failed{err, says(run.Stderr)}).
			WithHint("%s", fault.Full(m.opt.Cache))
	}
	for _, r := range reasons {
		if !strings.Contains(run.Stderr, r.says) {
			continue
		}
		if r.says == "couldn't find remote ref" {
			return fault.New(fault.Usage, "%s has no %q", from, short(ref)).
				WithHint("-ref= and [upstream] ref take a branch, a commit, or a tag pattern such as v4.5.*")
		}
		if r.says == dubious {
			return fault.New(r.code, "fetching %s from %s: that repository belongs to another user, so git refuses to read it",
				orObjects(ref), from).WithHint("if you trust it: git config --global --add safe.directory %s", from)
		}
		return fault.New(r.code, "fetching %s from %s: %w", orObjects(ref), from, failed{err, says(run.Stderr)}).
			WithHint("%s", r.hint)
	}
	return fault.New(fault.Retry, "fetching %s from %s: %w", orObjects(ref), from, failed{err, says(run.Stderr)}).
		WithHint("it cannot be reached: try again later, or use what was fetched before: -offline")
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
