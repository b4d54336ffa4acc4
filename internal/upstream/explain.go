package upstream

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/clock"
	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/tree"
)

// reasons classify git's messages; the first that is found is used.
var reasons = []struct {
	says string
	code fault.Code
	hint string
}{
	{"invalid refspec", fault.Usage, "-ref= and [upstream] ref take a branch, a commit, or a tag pattern such as v4.5.*"},
	{notOurRef, fault.Usage, "the commit is not (or no longer) in that repository: name another commit, or a branch"},
	{"fsck error", fault.Gate,
		"the repository sent an object that git refuses as unsafe or corrupt; nothing of it is used: see whether the " +
			"address is right"},
	{"error in object", fault.Gate,
		"the repository sent an object that git refuses as unsafe or corrupt; nothing of it is used: see whether the " +
			"address is right"},
	{noRepository, fault.Usage, elsewhere},
	{"' not found", fault.Usage, elsewhere},
	{"Repository not found", fault.Usage, elsewhere},
	{"strange pathname", fault.Usage, elsewhere},
	{"strange hostname", fault.Usage, elsewhere},
	{"transport '", fault.Usage, "use an address that begins with https:// or ssh://, or a path on this machine"},
	{"could not read Username", fault.Auth,
		"there is no such public repository, or it asks for a login: correct the address, or set up git's credential helper"},
	{"Authentication failed", fault.Auth, "correct the login that git's credential helper has for this server"},
	{"Permission denied (publickey", fault.Auth, "add a key that this server knows: ssh-add -l lists the keys of the " +
		"SSH agent"},
	{"cannot run ssh", fault.Usage,
		"ssh is not installed here: use the repository's address that begins with https://, or install openssh-client"},
	{"Problem with the SSL CA cert", fault.Usage,
		"GIT_SSL_CAINFO, or http.sslCAInfo of git's configuration, names a file that git cannot read: write its whole path"},
	{"repository corruption", fault.Retry,
		"that repository is damaged: tell its owner, or name another with HOWDAH_UPSTREAM_URL"},
	{"did not receive expected object", fault.Retry,
		"that repository lacks objects of its own commits: tell its owner, or name a copy that has them"},
	{"bad config", fault.Usage, "correct that line of git's configuration; every git command fails because of it"},
	{certificate, fault.Retry, "if a proxy with a CA of its own is in between, set GIT_SSL_CAINFO to the file of that CA"},
}

// Parts of git's messages, by what they are about.
const (
	dubious      = "detected dubious ownership" // a repository on this machine that belongs to another user
	noRef        = "couldn't find remote ref"   // a repository without the branch or tag
	notOurRef    = "not our ref"                // a commit that a repository does not have
	noRepository = "does not appear to be a git repository"
	certificate  = "certificate" // one that is not trusted, whatever TLS library git was built with
)

// progress matches git's progress lines.
var progress = regexp.MustCompile(
	`^(remote: )?(Enumerating|Counting|Compressing|Receiving|Resolving|Total|Checking|From) `)

// IsAbsent reports whether a fetch failed because the repository does not have what it was asked for.
func IsAbsent(err error) bool {
	var run *git.RunError
	return errors.As(err, &run) && strings.Contains(run.Stderr, notOurRef)
}

// explain returns the error of a failed fetch from upstream, with its exit code and words.
func (m *Mirror) explain(ctx context.Context, err error, ref string) error {
	return m.explainFrom(ctx, err, ref, m.URL)
}

// explainPull does the same for a fetch from a pull request's repository.
func (m *Mirror) explainPull(ctx context.Context, err error, p pullref.Ref) error {
	switch {
	case p.Repo == "": // this mirror's own repository, see Commit
		return m.explainFrom(ctx, err, "", m.URL)
	case m.Owns(p):
		return m.explainFrom(ctx, err, p.String(), m.URL)
	}
	return m.explainFrom(ctx, err, p.String(), p.URL())
}

// failed is a failed git command, described by git's messages and not by its command line.
type failed struct {
	err  error
	says string
}

func (f failed) Error() string { return f.says }
func (f failed) Unwrap() error { return f.err }

// says returns git's messages on one line, without prefixes, warnings and progress.
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

// roomForGit: if git fails with less free disk than this, in bytes, the full disk is the likely cause; git's programs
// say it in different words.
const roomForGit = 1 << 20

// unusable returns the error if git is not installed or too old; nil for any other error.
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

// full reports whether git failed because the disk is full.
func (m *Mirror) full(said string) bool {
	free, err := fault.Free(m.opt.Cache)
	return err == nil && free < roomForGit || strings.Contains(said, "No space left on device")
}

// explainFrom returns why a fetch failed: the repository cannot be reached, unless git, the disk, the clock or (on
// this machine) the repository itself says otherwise.
func (m *Mirror) explainFrom(ctx context.Context, err error, ref, from string) error {
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
	if strings.Contains(run.Stderr, dubious) {
		return fault.New(fault.Usage, "fetching %s from %s: that repository belongs to another user, so git refuses to "+
			"read it", orObjects(ref), from).
			WithHint("if you trust it: git config --global --add safe.directory %s", fault.Word(from))
	}
	if strings.Contains(run.Stderr, noRef) {
		return m.withoutRef(ctx, ref, from)
	}
	if broken := explainFolder(ref, from, failed{err, says(run.Stderr)}); broken != nil {
		return broken
	}
	for _, r := range reasons {
		if strings.Contains(run.Stderr, r.says) {
			f := fault.New(r.code, "fetching %s from %s: %w", orObjects(ref), from, failed{err, says(run.Stderr)})
			if r.says == certificate {
				return f.WithHint("%s", clock.Hint(ctx, from, r.hint))
			}
			return f.WithHint("%s", r.hint)
		}
	}
	away := fault.New(fault.Retry, "fetching %s from %s: %w", orObjects(ref), from, failed{err, says(run.Stderr)})
	if vars := environ.Of(ctx); environ.ViaProxy(vars, run.Stderr) {
		return away.WithHint("%s", environ.ProxyHint(vars))
	}
	if empty, err := m.empty(ctx); err == nil && empty {
		return away.WithHint("it cannot be reached, and nothing of it was fetched before: try again later")
	}
	return away.WithHint("it cannot be reached: try again later, or use what was fetched before: -offline")
}

// withoutRef returns the error for a ref that a repository does not have; a repository without any ref is empty.
func (m *Mirror) withoutRef(ctx context.Context, ref, from string) error {
	refs, err := m.Repo.LsRemote(ctx, from)
	if err == nil && len(refs) == 0 {
		return fault.New(fault.Usage, "the repository %s is empty: expected the branch or tag %q, found no commit", from,
			short(ref)).WithHint("push Mastodon to it, or name another with [upstream] url or HOWDAH_UPSTREAM_URL")
	}
	none := fault.New(fault.Usage, "found no branch or tag %q in %s", short(ref), from)
	if near := nearest.Name(short(ref), branchesAndTags(refs)); near != "" {
		return none.WithHint("did you mean %q?", near)
	}
	return none.WithHint("-ref= and [upstream] ref take a branch, a commit, or a tag pattern such as v4.5.*")
}

// branchesAndTags returns the names of a repository's branches and tags, branches first.
func branchesAndTags(refs map[string]tree.ID) (names []string) {
	for _, kind := range []string{"refs/heads/", "refs/tags/"} {
		for _, ref := range slices.Sorted(maps.Keys(refs)) {
			if name, ok := strings.CutPrefix(ref, kind); ok && !strings.HasSuffix(name, "^{}") {
				names = append(names, name)
			}
		}
	}
	return names
}
