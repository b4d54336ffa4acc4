package pipeline

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/stamp"
)

// pushSource pushes the patched commit to the branch that the images' SOURCE_TAG leads to.
func (r *run) pushSource(ctx context.Context, branch string) error {
	return r.push(ctx, branch, false)
}

// dryPush tries the push of the patched commit without doing it, so that missing rights show before the build.
func (r *run) dryPush(ctx context.Context, plan *release.Plan) error {
	if plan.State != release.Done {
		return nil
	}
	if err := r.build.store(ctx); err != nil {
		return err
	}
	return r.push(ctx, "howdah/"+plan.Tag.String(), true)
}

// push pushes the patched commit, or only asks whether it may be pushed: a hook of the remote's decides later.
func (r *run) push(ctx context.Context, branch string, dry bool) error {
	to := r.p.cfg.Source.Push
	if to == "" {
		if dry {
			r.p.term.Warnf("[source] push is not set: members of the server are owed the source that runs (AGPL), and the images cannot link to it")
		}
		return nil
	}
	if base, _ := stamp.SourceURL(to); base == "" && dry {
		r.p.term.Warnf("[source] push is %s, which no browser opens: the images cannot link to it", to)
	}
	args := []string{"push", "--quiet", "--no-verify", "--no-recurse-submodules", "--no-signed"}
	if dry {
		args = append(args, "--dry-run")
	}
	var auth *git.Auth
	if token := os.Getenv("HOWDAH_SOURCE_TOKEN"); token != "" && strings.HasPrefix(to, "https://") {
		auth = &git.Auth{URL: to, User: "x-access-token", Token: token}
	}
	_, err := r.resolved.mirror.Repo.Net(ctx, nil, auth, append(args, to, string(r.build.commit)+":refs/heads/"+branch)...)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return explainPush(err, to)
}

// refusals tell what git says when a push fails; the first that is found decides.
var refusals = []struct {
	says string
	code fault.Code
	hint string
}{
	{"could not read Username", fault.Auth, "it asks for a login: HOWDAH_SOURCE_TOKEN, for https, or an SSH key gives the right to write there"},
	{"Authentication failed", fault.Auth, "it does not take HOWDAH_SOURCE_TOKEN: is it still valid?"},
	{"Permission denied (publickey", fault.Auth, "see the SSH agent's keys"},
	{"Permission to ", fault.Auth, "HOWDAH_SOURCE_TOKEN, or the SSH key, must be allowed to write there"},
	{"error: 403", fault.Auth, "HOWDAH_SOURCE_TOKEN must be allowed to write there"},
	{"[remote rejected]", fault.Auth, "its rules must let branches howdah/… be made"},
	{"does not appear to be a git repository", fault.Usage, "see [source] push"},
	{"not found", fault.Usage, "see [source] push; a repository that one may not see is not found either"},
}

// explainPush tells why a push failed: the repository is out of reach, unless git says otherwise.
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
	code, hint := fault.Retry, "it is out of reach: try again later"
	for _, r := range refusals {
		if strings.Contains(run.Stderr, r.says) {
			code, hint = r.code, r.hint
			break
		}
	}
	return fault.New(code, "pushing the patched source to %s: %s", to, strings.Join(lines, "; ")).WithHint("%s", hint)
}
