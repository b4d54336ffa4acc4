// Package upstream turns a ref (a repository's address, and a branch, tag or commit) into a pin: one commit, checked,
// with everything that the later stages read. What it fetches stays in a mirror, which has all commits and trees of
// the ref, and those files that were asked for.
package upstream

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/tree"
)

// Options say where mirrors are, and how to reach what they mirror.
type Options struct {
	Cache    string    // the folder of mirrors
	Offline  bool      // use what is there, contact no server
	Progress io.Writer // where git's own progress is written; nil: nowhere
	First    func()    // is called before a fetch into an empty mirror; or nil

	// Alone keeps other processes from fetching refs into these mirrors until done is called; nil if there are none.
	Alone func(context.Context) (done func(), err error)
}

// Mirror is the copy of one repository.
type Mirror struct {
	URL  string
	Repo *git.Repo
	opt  Options

	named  map[string]string              // by remote: the addresses of pull requests' repositories, set by this run
	marked map[[2]tree.ID]map[string]bool // see marks
	pulled map[pullKey]Pull               // results of Pull
}

// remoteName is the name of a mirror's remote: with it, git knows where to fetch objects that were left out.
const remoteName = "origin"

// Open opens the mirror of url; it creates an empty one if there is none.
func Open(ctx context.Context, url string, opt Options) (*Mirror, error) {
	if opt.Alone == nil {
		opt.Alone = func(context.Context) (func(), error) { return func() {}, nil }
	}
	dir := filepath.Join(opt.Cache, mirrorName(url))
	m := &Mirror{URL: url, opt: opt}
	var err error
	if m.Repo, err = git.Open(dir); err != nil || len(m.unset(ctx, remoteSettings(remoteName, url))) > 0 {
		if err := m.make(ctx, dir); err != nil {
			return nil, m.unopened(err, dir)
		}
	}
	_ = m.Repo.IndexPacks(ctx) // it only saves time
	m.Repo.OnMissing(func(ctx context.Context, ids []tree.ID) error { return m.fetchObjects(ctx, ids) })
	return m, nil
}

// unopened returns why a mirror cannot be opened: git, the disk, another run, or the mirror itself.
func (m *Mirror) unopened(err error, dir string) error {
	if bad := unusable(err); bad != nil {
		return bad
	}
	if fault.CodeOf(err) != fault.Other {
		return err
	}
	open := fault.New(fault.Other, "opening the mirror of %s: %w", m.URL, err)
	if m.full(err.Error()) {
		return open.WithHint("%s", fault.Full(m.opt.Cache))
	}
	if err := fault.Disk(open, m.opt.Cache); !fault.HintOf(err).IsZero() {
		return err
	}
	return open.WithHint("remove %s and run again: it is only a cache", dir)
}

// Close ends the processes that read the mirror.
func (m *Mirror) Close() error { return m.Repo.Close() }

// unsafeName matches what a folder's name should not contain.
var unsafeName = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// mirrorName returns a readable name that no two addresses share. A login or a query is only in its digest.
func mirrorName(url string) string {
	sum := sha256.Sum256([]byte(url))
	url = secret.Show(url)
	tail := url[strings.LastIndexAny(strings.TrimRight(url, "/"), "/:")+1:]
	return strings.Trim(unsafeName.ReplaceAllString(strings.TrimSuffix(tail, ".git"), "-"), "-.") + fmt.Sprintf("-%x.git",
		sum[:6])
}

// make creates an empty mirror, or adds what an older one lacks.
func (m *Mirror) make(ctx context.Context, dir string) error {
	done, err := m.opt.Alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	origin := remoteSettings(remoteName, m.URL)
	if m.Repo, err = git.Init(ctx, dir, origin...); err != nil {
		return err
	}
	if err := m.set(ctx, origin); err != nil {
		return errors.Join(err, m.Repo.Close())
	}
	return nil
}

// remoteSettings returns the settings of a remote that may leave objects out.
func remoteSettings(name, url string) [][2]string {
	return [][2]string{
		{"remote." + name + ".url", url},
		{"remote." + name + ".promisor", "true"},
		{"remote." + name + ".partialclonefilter", "blob:none"},
	}
}

// unset returns those of some settings that the mirror lacked when it was opened.
func (m *Mirror) unset(ctx context.Context, settings [][2]string) (lacks [][2]string) {
	has, err := m.Repo.Opened(ctx)
	for _, kv := range settings {
		if err != nil || has[kv[0]] != kv[1] {
			lacks = append(lacks, kv)
		}
	}
	return lacks
}

// set writes those settings that the mirror lacked when it was opened.
func (m *Mirror) set(ctx context.Context, settings [][2]string) error {
	for _, kv := range m.unset(ctx, settings) {
		if _, err := m.Repo.Run(ctx, "config", "--local", "--replace-all", kv[0], kv[1]); err != nil {
			return err
		}
	}
	return nil
}

// Clear removes the half-written packs and the lock files of a killed git, in all mirrors of a cache. No process may
// have one of them open.
func Clear(cache string) error {
	var left []string
	for _, pattern := range []string{"tmp_*", "multi-pack-index.lock"} {
		some, err := filepath.Glob(filepath.Join(cache, "*.git", "objects", "pack", pattern))
		if err != nil {
			return fmt.Errorf("clearing the mirrors: %w", err)
		}
		left = append(left, some...)
	}
	err := filepath.WalkDir(cache, func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "objects":
			return fs.SkipDir
		case strings.HasSuffix(name, ".lock") && filepath.Dir(name) != filepath.Clean(cache): // not the cache's own
			left = append(left, name)
		}
		return nil
	})
	for _, name := range left {
		err = errors.Join(err, os.Remove(name))
	}
	if err != nil {
		return fmt.Errorf("clearing the mirrors: %w", err)
	}
	return nil
}

// empty reports whether nothing was ever fetched.
func (m *Mirror) empty(ctx context.Context) (bool, error) {
	out, err := m.Repo.Run(ctx, "for-each-ref", "--count=1")
	return err == nil && len(out) == 0, err
}

// fetchObjects fetches objects that the partial clone left out.
func (m *Mirror) fetchObjects(ctx context.Context, ids []tree.ID) error {
	if m.opt.Offline {
		return fault.New(fault.Retry, "-offline forbids to fetch %s of %s", plural.Of(len(ids), "object"), m.URL).
			WithHint("run the same command once without -offline")
	}
	if err := m.Repo.FetchObjects(ctx, remoteName, ids, m.opt.Progress); err != nil {
		return m.explain(ctx, err, "")
	}
	return nil
}

// Prefetch fetches, in one batch, every missing file of a commit's tree (or those at and below paths). It returns how
// many it fetched.
func (m *Mirror) Prefetch(ctx context.Context, commit tree.ID, paths ...string) (int, error) {
	missing, err := m.Repo.Missing(ctx, commit, paths...)
	if err != nil {
		return 0, err
	}
	return m.fetchMissing(ctx, missing)
}

// PrefetchFiles fetches, in one batch, the missing files at the paths of several commits, and those that git checks
// with each tree. It skips a commit that is not in the mirror: its files are fetched when they are read.
func (m *Mirror) PrefetchFiles(ctx context.Context, paths map[tree.ID][]string) (int, error) {
	wanted := map[tree.ID][]string{}
	for commit, named := range paths {
		wanted[commit] = slices.Concat(named, git.CheckedFiles)
	}
	missing, err := m.Repo.MissingFiles(ctx, wanted)
	if err != nil {
		return 0, err
	}
	return m.fetchMissing(ctx, missing)
}

// fetchMissing fetches objects, each once, and returns how many.
func (m *Mirror) fetchMissing(ctx context.Context, ids []tree.ID) (int, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return 0, nil
	}
	return len(ids), m.fetchObjects(ctx, ids)
}
