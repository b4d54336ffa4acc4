package patchimport

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/quilt"
)

// forkRef is a fork: a branch of a repository elsewhere, or of a clone on this disk.
type forkRef struct {
	from   string // as typed
	url    string // of a repository elsewhere
	dir    string // of a clone, as typed
	branch string // "": the default branch, or what is checked out

	since *forkRef // only what the branch has beyond this; nil: beyond upstream
}

// onGitHubOf returns a branch of a repository at GitHub.
func onGitHubOf(owner, repo, branch string) forkRef {
	return forkRef{url: "https://github.com/" + owner + "/" + strings.TrimSuffix(repo, ".git") + ".git", branch: branch}
}

// name returns OWNER/REPO@BRANCH for a branch at GitHub.
func (f forkRef) name() string {
	repo := strings.TrimSuffix(strings.TrimPrefix(f.url, "https://github.com/"), ".git")
	return repo + "@" + f.branch
}

var (
	forkName   = regexp.MustCompile(`^(` + pullref.Owner + `)/(` + pullref.Repository + `)@(\S+)$`)
	onGitHub   = `^https://github\.com/(` + pullref.Owner + `)/(` + pullref.Repository
	forkTree   = regexp.MustCompile(onGitHub + `)/tree/(\S+?)/?$`)
	forkOnHub  = regexp.MustCompile(onGitHub + `?)(?:\.git)?/?(?:@(\S+))?$`)
	forkURL    = regexp.MustCompile(`^((?:https|ssh|file)://\S+?/[^/@\s]+?)(?:@([^@\s]+))?$`)
	forkSSH    = regexp.MustCompile(`^([A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^@\s]+)(?:@([^@\s]+))?$`)
	notForkURL = regexp.MustCompile(`/(?:pull|commit|compare|issues|blob|raw)/|\.(?:patch|diff|mbox|txt|sh)$`)
)

// forkOf parses a fork's name; false if it is something else.
func (m *Importer) forkOf(from string) (forkRef, bool) {
	if ref, ok := m.cloneOf(strings.TrimPrefix(from, "file://")); ok {
		ref.from = from
		return ref, true
	}
	for _, form := range []*regexp.Regexp{forkName, forkTree, forkOnHub} {
		if part := form.FindStringSubmatch(from); part != nil {
			ref := onGitHubOf(part[1], part[2], part[3])
			ref.from = from
			return ref, true
		}
	}
	if notForkURL.MatchString(from) {
		return forkRef{}, false
	}
	for _, form := range []*regexp.Regexp{forkURL, forkSSH} {
		if part := form.FindStringSubmatch(from); part != nil {
			return forkRef{from: from, url: part[1], branch: part[2]}, true
		}
	}
	return forkRef{}, false
}

// cloneOf finds a clone on this disk. A branch may follow the last @, if a repository's folder is before it.
func (m *Importer) cloneOf(from string) (forkRef, bool) {
	if from != "" && isClone(m.s.Path(from)) && !keepsPatches(m.s.Path(from)) {
		return forkRef{dir: from}, true
	}
	for end := len(from); ; {
		end = strings.LastIndexByte(from[:end], '@')
		if end <= 0 {
			return forkRef{}, false
		}
		if isClone(m.s.Path(from[:end])) {
			return forkRef{dir: from[:end], branch: from[end+1:]}, true
		}
	}
}

// keepsPatches reports whether a work tree has folders of patches, rather than Mastodon.
func keepsPatches(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	has := func(is func(os.DirEntry) bool) bool { return slices.ContainsFunc(entries, is) }
	return !has(func(e os.DirEntry) bool { return e.Name() == "app" && e.IsDir() }) &&
		has(func(e os.DirEntry) bool {
			named := func(name string) bool { return e.Name() == name }
			return !e.IsDir() && (quilt.IsPatch(e.Name()) || quilt.List(named) != "")
		})
}

// isClone reports whether an absolute path is the top of a work tree, or a bare repository.
func isClone(dir string) bool {
	has := func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	}
	return has(".git") || has("HEAD") && has("objects") && has("refs")
}
