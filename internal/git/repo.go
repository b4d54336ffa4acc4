package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/tree"
)

// Repo is a git repository on disk. It reads objects for package tree, and their lengths, through a process each that
// stays open; Close ends them. Its methods may be called from several goroutines.
type Repo struct {
	dir   string
	batch batch
	check batch
	view  view
	known known
	files recent

	mu    sync.Mutex
	trees map[tree.ID][]tree.Entry // decoded, since folders are read again and again
	fetch func(ctx context.Context, ids []tree.ID) error
	lacks atomic.Bool // something had to be fetched

	fetched atomic.Int64 // see Fetched
}

var _ tree.Objects = (*Repo)(nil)

// Open opens the repository whose git directory (or work tree) is dir, an absolute path.
func Open(dir string) (*Repo, error) {
	if !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("opening repository %q: not an absolute path", dir)
	}
	abs := dir
	if _, err := os.Stat(filepath.Join(abs, ".git")); err == nil {
		abs = filepath.Join(abs, ".git")
	}
	if _, err := os.Stat(filepath.Join(abs, "HEAD")); err != nil {
		return nil, fmt.Errorf("opening repository %q: %w", dir, err)
	}
	r := &Repo{dir: abs, trees: map[tree.ID][]tree.Entry{}}
	r.batch.repo, r.batch.how = r, contents
	r.check.repo, r.check.how = r, check
	return r, nil
}

// Init makes a bare repository at dir, with settings (names in small letters, and values), or opens the one that is
// there as it is.
func Init(ctx context.Context, dir string, settings ...[2]string) (*Repo, error) {
	if r, err := Open(dir); err == nil {
		return r, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making repository %q: %w", dir, err)
	}
	c := command{env: localEnv(ctx), args: []string{"init", "--quiet", "--bare", "--object-format=sha1",
		"--initial-branch=main", "--template=", dir}}
	err := c.run(ctx)
	if err == nil {
		err = appendSettings(filepath.Join(dir, "config"), settings)
	}
	if err != nil {
		return nil, fmt.Errorf("making repository %q: %w", dir, err)
	}
	return Open(dir)
}

// appendSettings writes settings into a configuration that has none of them: `git config` is a process for each.
func appendSettings(file string, settings [][2]string) error {
	if len(settings) == 0 {
		return nil
	}
	var text bytes.Buffer
	for _, kv := range settings {
		writeEntry(&text, kv[0], kv[1], true)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(text.Bytes())
	return errors.Join(err, f.Close())
}

// Dir is the absolute path of the git directory.
func (r *Repo) Dir() string { return r.dir }

// OnMissing sets what fetches objects that a partial clone left out; it is asked once for each miss.
func (r *Repo) OnMissing(fetch func(ctx context.Context, ids []tree.ID) error) { r.fetch = fetch }

// bring fetches what a partial clone left out.
func (r *Repo) bring(ctx context.Context, ids []tree.ID) error {
	r.lacks.Store(true)
	return r.fetch(ctx, ids)
}

// Lacks reports whether objects were missing here and had to be fetched: others most likely have to be.
func (r *Repo) Lacks() bool { return r.lacks.Load() }

// Fetched returns how often something was fetched into this repository: what was absent before may be here since.
func (r *Repo) Fetched() int64 { return r.fetched.Load() }

// Partial reports whether objects that are not here may be fetched.
func (r *Repo) Partial() bool { return r.fetch != nil }

// Close ends the processes that read objects.
func (r *Repo) Close() error { return errors.Join(r.shut(), r.view.close()) }

// shut ends the processes that read objects until they are needed again: an open one would not look for new packs.
func (r *Repo) shut() error { return errors.Join(r.batch.close(), r.check.close()) }

// Run runs a local git command, which reaches no network and reads no configuration but the repository's, and
// returns what it prints.
func (r *Repo) Run(ctx context.Context, args ...string) ([]byte, error) {
	return r.RunInput(ctx, nil, args...)
}

// RunInput is Run with a standard input.
func (r *Repo) RunInput(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	var out bytes.Buffer
	err := command{dir: r.dir, env: localEnv(ctx), stdin: stdin, stdout: &out, args: args}.run(ctx)
	return out.Bytes(), err
}

// Net runs a command that may reach a server, with what counts of the user's configuration (see userKeys); progress
// (which may be nil) gets what git says meanwhile. The token, when there is one, goes to URLs under host by an
// environment variable and never into an argument.
func (r *Repo) Net(ctx context.Context, progress io.Writer, auth *Auth, args ...string) ([]byte, error) {
	return r.netInput(ctx, nil, progress, auth, args...)
}

// netInput is Net with a standard input.
func (r *Repo) netInput(ctx context.Context, stdin io.Reader, progress io.Writer, auth *Auth,
	args ...string) ([]byte, error) {
	var out bytes.Buffer
	known, err := newSentHeaders(ctx)
	if err != nil {
		return nil, err
	}
	defer known.close()
	auth.learn(ctx)
	config, err := r.userConfig(ctx)
	if err != nil {
		return nil, err
	}
	name, file, remove, err := userFile(config)
	if err != nil {
		return nil, err
	}
	defer remove()
	env := slices.Concat(netEnv(ctx), auth.env(), sentEnv, []string{"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + name})
	c := command{dir: r.dir, env: env, stdin: stdin, stdout: &out, args: args, extra: []*os.File{known.pipe, file}}
	if progress != nil {
		c.stderr = after{known, progress}
	}
	if err = c.run(ctx); err != nil {
		r.keepUserConfig(nil)
	} else {
		r.fetched.Add(1)
	}
	var failed *RunError
	if errors.As(err, &failed) { // masked while its lines are whole and in order
		known.wait()
		failed.Stderr = secret.Mask(ctx, failed.Stderr)
	}
	return out.Bytes(), err
}

// Resolve returns the commit that rev names, or an error that wraps ErrNoRevision.
func (r *Repo) Resolve(ctx context.Context, rev string) (tree.ID, error) {
	if !fixed(rev) {
		return r.resolve(ctx, rev)
	}
	if id, ok := recall(&r.known, &r.known.commits, rev); ok {
		return id, nil
	}
	id, err := r.stored(ctx, rev)
	if err != nil { // not a commit, or one that came while the reader was open
		id, err = r.resolve(ctx, rev)
	}
	if err == nil {
		learn(&r.known, &r.known.commits, rev, id)
	}
	return id, err
}

func (r *Repo) resolve(ctx context.Context, rev string) (tree.ID, error) {
	c := command{dir: r.dir, env: localEnv(ctx),
		args: []string{"rev-parse", "--verify", "--quiet", "--end-of-options", rev + "^{commit}"}}
	if fixed(rev) { // it may be missing
		view, err := r.view.open(r.dir)
		if err != nil {
			return "", err
		}
		c.dir = view
	}
	var out bytes.Buffer
	c.stdout = &out
	if err := c.run(ctx); err != nil {
		var run *RunError
		if ctx.Err() == nil && errors.As(err, &run) {
			return "", fmt.Errorf("resolving %q: %w", rev, ErrNoRevision)
		}
		return "", err
	}
	return tree.ID(strings.TrimSpace(out.String())), nil
}

// ErrNoRevision is the error for a name that leads to no commit.
var ErrNoRevision = errors.New("no such commit")

// MergeBase returns the best common ancestor, "" when there is none: the same one for two commits in either order.
func (r *Repo) MergeBase(ctx context.Context, a, b tree.ID) (tree.ID, error) {
	a, b = min(a, b), max(a, b)
	key := [2]tree.ID{a, b}
	if id, ok := recall(&r.known, &r.known.bases, key); ok {
		return id, nil
	}
	out, err := r.Run(ctx, "merge-base", string(a), string(b))
	if err != nil {
		if isExit(err, 1) {
			return "", nil
		}
		return "", err
	}
	id := tree.ID(strings.TrimSpace(string(out)))
	if a.Valid() && b.Valid() {
		learn(&r.known, &r.known.bases, key, id)
	}
	return id, nil
}

// Ancestor reports whether a is b or one of its ancestors.
func (r *Repo) Ancestor(ctx context.Context, a, b tree.ID) (bool, error) {
	key := [2]tree.ID{a, b}
	if is, ok := recall(&r.known, &r.known.ancestors, key); ok {
		return is, nil
	}
	_, err := r.Run(ctx, "merge-base", "--is-ancestor", string(a), string(b))
	if err != nil && !isExit(err, 1) {
		return false, err
	}
	if a.Valid() && b.Valid() {
		learn(&r.known, &r.known.ancestors, key, err == nil)
	}
	return err == nil, nil
}

// Has reports whether the object is stored here, reaching no network.
func (r *Repo) Has(ctx context.Context, id tree.ID) (bool, error) {
	view, err := r.view.open(r.dir)
	if err != nil {
		return false, err
	}
	err = command{dir: view, env: localEnv(ctx), args: []string{"cat-file", "-e", string(id)}}.run(ctx)
	var run *RunError
	if err != nil && (ctx.Err() != nil || !errors.As(err, &run)) {
		return false, err
	}
	return err == nil, nil
}

// isExit reports whether git ended with that exit code.
func isExit(err error, code int) bool {
	var run *RunError
	if !errors.As(err, &run) {
		return false
	}
	exit, ok := run.err.(interface{ ExitCode() int })
	return ok && exit.ExitCode() == code
}
