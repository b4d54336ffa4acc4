package ship

import (
	"context"
	"errors"
	"strings"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/stamp"
)

// tryPush does a dry run of pushing the patched commit, so that missing rights are reported before the build.
func (o *publisher) tryPush(ctx context.Context, b *build.Build, plan *release.Plan) error {
	if plan.State != release.Done {
		return nil
	}
	if o.s.Config.Source.Push != "" {
		if err := b.Candidate.Store(ctx); err != nil {
			return err
		}
	}
	return o.push(ctx, b, "howdah/"+plan.Tag.String(), true)
}

// push pushes the patched commit; with dry, it only asks whether that is allowed. A hook of the remote may still
// refuse.
func (o *publisher) push(ctx context.Context, b *build.Build, branch string, dry bool) error {
	s := o.s
	to := s.Config.Source.Push
	if to == "" {
		if dry {
			s.Term.Warnf(
				`[source] push is not set, so "Source code" will not lead to your patched code (the AGPL requires you to offer it)`)
		}
		return nil
	}
	if base, _ := stamp.SourceURL(to); base == "" && dry {
		s.Term.Warnf("[source] push is %s, which is not an address of a web page: the images cannot link to the source "+
			"code", to)
	}
	args := []string{"push", "--quiet", "--no-verify", "--no-recurse-submodules", "--no-signed"}
	if dry {
		args = append(args, "--dry-run")
	}
	var auth *git.Auth
	if token := s.Getenv("HOWDAH_SOURCE_TOKEN"); token != "" && strings.HasPrefix(to, "https://") {
		auth = &git.Auth{URL: to, User: "x-access-token", Token: token}
	}
	_, err := b.Candidate.Upstream.Mirror.Repo.Net(ctx, nil, auth,
		append(args, to, string(b.Candidate.Commit)+":refs/heads/"+branch)...)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return explainPush(err, to)
}

// refusals are git's messages about a failed push; the first that is found is used.
var refusals = []struct {
	says string
	code fault.Code
	hint string
}{
	{"could not read Username", fault.Auth,
		"it asks for a login: set HOWDAH_SOURCE_TOKEN (for https), or use an SSH address and key"},
	{"Authentication failed", fault.Auth, "it refuses HOWDAH_SOURCE_TOKEN, which may have expired: make a new token"},
	{"Permission denied (publickey", fault.Auth, "add a key that this server knows: ssh-add -l lists the keys of the " +
		"SSH agent"},
	{"Permission to ", fault.Auth, "give HOWDAH_SOURCE_TOKEN, or the SSH key, the right to write there"},
	{"error: 403", fault.Auth, "give HOWDAH_SOURCE_TOKEN the right to write there"},
	{"[remote rejected]", fault.Auth, "change that repository's rules: they have to allow new branches howdah/…"},
	{"does not appear to be a git repository", fault.Usage, "correct [source] push"},
	{"not found", fault.Usage, "correct [source] push, or give the login the right to see that repository"},
}

// explainPush returns why a push failed: the repository cannot be reached, unless git says otherwise.
func explainPush(err error, to string) error {
	var run *git.RunError
	if !errors.As(err, &run) || run.Stderr == "" {
		return fault.New(fault.Retry, "pushing the patched source to %s: %w", to, err)
	}
	var lines []string
	for line := range strings.Lines(run.Stderr) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "fatal: ")
		if line != "" && !strings.HasPrefix(line, "To ") && !strings.HasPrefix(line, "error: failed to push") {
			lines = append(lines, line)
		}
	}
	code, hint := fault.Retry, "it cannot be reached: try again later"
	for _, r := range refusals {
		if strings.Contains(run.Stderr, r.says) {
			code, hint = r.code, r.hint
			break
		}
	}
	return fault.New(code, "pushing the patched source to %s: %s", to, strings.Join(lines, "; ")).WithHint("%s", hint)
}
