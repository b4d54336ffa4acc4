package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// Clone finds the repository of a folder that somebody works in, a linked work tree and a bare one included, and the
// commit that rev names there. An empty rev is what is checked out. A folder that is in no repository is
// ErrNoRepository, a name that leads to no commit ErrNoRevision.
func Clone(ctx context.Context, dir, rev string) (*Repo, tree.ID, error) {
	at := func(args ...string) (string, error) {
		var out strings.Builder
		err := command{env: localEnv(ctx), stdout: &out, args: append([]string{"-C", dir}, args...)}.run(ctx)
		return strings.TrimSpace(out.String()), err
	}
	if err := PlainFiles(dir); err != nil {
		return nil, "", err
	}
	common, err := at("rev-parse", "--git-common-dir")
	if err != nil {
		var run *RunError
		if ctx.Err() == nil && errors.As(err, &run) {
			return nil, "", fmt.Errorf("opening the clone %q: %w", dir, ErrNoRepository)
		}
		return nil, "", err
	}
	if !filepath.IsAbs(common) {
		common = filepath.Join(dir, common)
	}
	if rev == "" {
		rev = "HEAD"
	}
	var id string
	for _, name := range []string{rev, "refs/remotes/origin/" + rev} {
		id, err = at("rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
		var run *RunError
		if err == nil || ctx.Err() != nil || !errors.As(err, &run) {
			break
		}
		err = fmt.Errorf("resolving %q in %q: %w", rev, dir, ErrNoRevision)
	}
	if err != nil {
		return nil, "", err
	}
	if !tree.ID(id).Valid() {
		return nil, "", fmt.Errorf("opening the clone %q: %w: its ids are not of SHA-1", dir, ErrNoRepository)
	}
	repo, err := Open(common)
	return repo, tree.ID(id), err
}

// PlainFiles refuses a clone in which a pipe or a device lies where git reads a file: git would wait for it, or read it
// for ever.
func PlainFiles(dir string) error {
	for _, within := range []string{dir, filepath.Join(dir, ".git")} {
		for _, name := range []string{"HEAD", "config", "packed-refs", "shallow", "commondir", "objects/info/alternates"} {
			info, err := os.Stat(filepath.Join(within, name))
			if err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket|os.ModeDevice) != 0 {
				return fmt.Errorf("opening the clone %q: %w: %s is not a regular file", dir, ErrNoRepository, name)
			}
		}
	}
	return nil
}

// ErrNoRepository is the error for a folder that is in no repository that can be read.
var ErrNoRepository = errors.New("not a git repository")

// Shallow reports whether a repository was cloned without all of its history.
func (r *Repo) Shallow() bool {
	_, err := os.Stat(filepath.Join(r.dir, "shallow"))
	return err == nil
}

// Join opens several repositories as one that is only read: it has the objects of all, and fetches none that is
// missing. Close removes it; the others stay.
func Join(repos ...*Repo) (*Joined, error) {
	var alternates strings.Builder
	for _, r := range repos {
		alternates.WriteString(filepath.Join(r.dir, "objects") + "\n")
	}
	v := &view{}
	dir, err := v.with(alternates.String())
	if err != nil {
		return nil, err
	}
	repo, err := Open(dir)
	if err != nil {
		return nil, errors.Join(err, v.close())
	}
	return &Joined{Repo: repo, own: v}, nil
}

// Joined is several repositories read as one.
type Joined struct {
	*Repo
	own *view
}

// Close ends what reads the objects and removes the joined repository.
func (j *Joined) Close() error { return errors.Join(j.Repo.Close(), j.own.close()) }

// NotFound reports whether a command ended with exit code 1, git's way to say that there is nothing.
func NotFound(err error) bool { return isExit(err, 1) }
