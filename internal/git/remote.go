package git

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/tree"
)

// Auth is a token for one server.
type Auth struct {
	URL   string // the token goes to URLs under this one, "https://github.com/"
	User  string // any name will do for GitHub: "x-access-token"
	Token string
}

// env hands the token to git by its configuration variables, which no process list shows.
func (a *Auth) env() []string {
	if a == nil || a.Token == "" {
		return nil
	}
	basic := base64.StdEncoding.EncodeToString([]byte(a.User + ":" + a.Token))
	return []string{
		"GIT_CONFIG_COUNT=1",
		"GIT_CONFIG_KEY_0=http." + a.URL + ".extraHeader",
		"GIT_CONFIG_VALUE_0=Authorization: Basic " + basic,
	}
}

// learn makes the token known as a secret before git is handed it.
func (a *Auth) learn(ctx context.Context) {
	if a != nil && a.Token != "" {
		secret.Learn(ctx, secret.Login(a.User, a.Token)...)
	}
}

// LsRemote lists the refs of a repository that match the patterns.
func (r *Repo) LsRemote(ctx context.Context, url string, patterns ...string) (map[string]tree.ID, error) {
	out, err := r.Net(ctx, nil, nil, append([]string{"ls-remote", "--quiet", "--end-of-options", url}, patterns...)...)
	if err != nil {
		return nil, err
	}
	refs := map[string]tree.ID{}
	for line := range strings.Lines(string(out)) {
		if id, name, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			refs[name] = tree.ID(id)
		}
	}
	return refs, nil
}

// RemoteHead names the branch that a repository's HEAD stands for, "" where it stands for none.
func (r *Repo) RemoteHead(ctx context.Context, url string) (string, error) {
	out, err := r.Net(ctx, nil, nil, "ls-remote", "--quiet", "--symref", "--end-of-options", url, "HEAD")
	if err != nil {
		return "", err
	}
	rest, ok := strings.CutPrefix(string(out), "ref: ")
	ref, _, _ := strings.Cut(rest, "\t")
	if !ok || !strings.HasPrefix(ref, "refs/heads/") {
		return "", nil
	}
	return ref, nil
}

// FetchCommits fetches commits by id with their ancestors, and none of their files or folders.
func (r *Repo) FetchCommits(ctx context.Context, remote string, ids []tree.ID) error {
	return r.fetchIDs(ctx, ids, nil, "-c", "transfer.fsckObjects=true", "fetch", "--no-auto-maintenance",
		"--filter=tree:0", remote)
}

// FetchObjects fetches objects by id, in one batch.
func (r *Repo) FetchObjects(ctx context.Context, remote string, ids []tree.ID, progress io.Writer) error {
	return r.fetchIDs(ctx, ids, progress, "-c", "fetch.negotiationAlgorithm=noop", "fetch", "--filter=blob:none", remote)
}

// fetchIDs fetches objects by id, in one batch. Args are git's, the last one the remote.
func (r *Repo) fetchIDs(ctx context.Context, ids []tree.ID, progress io.Writer, args ...string) error {
	if len(ids) == 0 {
		return nil
	}
	var in bytes.Buffer
	for _, id := range ids {
		fmt.Fprintln(&in, id)
	}
	how := "--quiet"
	if progress != nil {
		how = "--progress"
	}
	args = slices.Insert(args, len(args)-1, how, "--no-tags", "--no-write-fetch-head",
		"--recurse-submodules=no", "--stdin")
	if _, err := r.netInput(ctx, &in, progress, nil, args...); err != nil {
		return fmt.Errorf("fetching %d objects: %w", len(ids), err)
	}
	_ = r.shut()
	return nil
}
