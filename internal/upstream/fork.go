package upstream

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// Fork fetches a branch of another repository, with all files of its own commits, and returns its commit. An empty
// branch is the repository's default one.
func (m *Mirror) Fork(ctx context.Context, url, branch string) (tree.ID, error) {
	sum := sha256.Sum256([]byte(url + "\x00" + branch))
	keep := fmt.Sprintf("refs/forks/%x", sum[:8])
	if m.opt.Offline {
		id, err := m.Repo.Resolve(ctx, keep)
		if err != nil {
			return "", fault.New(fault.Retry, "the fork %s was never fetched, and -offline forbids to fetch it", url).
				WithHint("run the same command once without -offline")
		}
		return id, nil
	}
	from := branch
	if from == "" {
		from = "HEAD"
	}
	done, err := m.opt.Alone(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	args := append(m.fetchArgs(), "--end-of-options", url, "+"+from+":"+keep)
	if _, err := m.Repo.Net(ctx, m.opt.Progress, nil, args...); err != nil {
		if branch != "" && strings.Contains(err.Error(), "couldn't find remote ref") {
			return "", fault.New(fault.Usage, "%s has no branch %q", url, branch).
				WithHint("see its branches: git ls-remote --heads %s", fault.Word(url))
		}
		return "", m.explainFrom(ctx, err, branch, url)
	}
	return m.Repo.Resolve(ctx, keep)
}

// Newest returns upstream's newest known commit: of the branch that the pin is on, or else of the default branch,
// which it fetches. Offline, it is the one that was fetched last, or else the pin.
func (m *Mirror) Newest(ctx context.Context, pin Pin) (tree.ID, error) {
	if !strings.HasPrefix(pin.Ref, "stable-") && refName(pin.Ref) && !hexDigits.MatchString(pin.Ref) {
		if id, err := m.Repo.Resolve(ctx, "refs/heads/"+pin.Ref); err == nil {
			return id, nil
		}
	}
	if m.opt.Offline {
		for _, name := range []string{"refs/heads/main", "refs/heads/master"} {
			if id, err := m.Repo.Resolve(ctx, name); err == nil {
				return id, nil
			}
		}
		return pin.Commit, nil
	}
	ref, err := m.defaultBranch(ctx)
	if err != nil {
		return "", err
	}
	move, err := m.fetch(ctx, ref)
	return move.New, err
}

// Releases fetches upstream's release branches and tags, stable-* and v*, and returns all that are in the mirror.
func (m *Mirror) Releases(ctx context.Context) (map[string]tree.ID, error) {
	if !m.opt.Offline {
		refs, err := m.Repo.LsRemote(ctx, remoteName, "refs/heads/stable-*", "refs/tags/v*")
		if err != nil {
			return nil, m.explainFrom(ctx, err, "", m.URL)
		}
		var want []string
		for name, id := range refs {
			if have, err := m.Repo.Resolve(ctx, name); !strings.HasSuffix(name, "^{}") && (err != nil || have != id) {
				want = append(want, "+"+name+":"+name)
			}
		}
		if len(want) > 0 {
			done, err := m.opt.Alone(ctx)
			if err != nil {
				return nil, err
			}
			defer done()
			args := []string{"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no",
				"--no-auto-maintenance", "--filter=blob:none", remoteName}
			if _, err := m.Repo.Net(ctx, m.opt.Progress, nil, append(args, want...)...); err != nil {
				return nil, m.explain(ctx, err, "releases")
			}
		}
	}
	out, err := m.Repo.Run(ctx, "for-each-ref", "--format=%(refname) %(objectname) %(*objectname)",
		"refs/heads/stable-*", "refs/tags/v*")
	if err != nil {
		return nil, err
	}
	found := map[string]tree.ID{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		name := strings.TrimPrefix(strings.TrimPrefix(f[0], "refs/heads/"), "refs/tags/")
		found[name] = tree.ID(f[len(f)-1])
	}
	return found, nil
}
