package build

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/session"
)

// The web Dockerfile's empty stages that folders of this disk replace, and the path at which the second is mounted.
const (
	gemStage = "gem-mirror"
	gitStage = "git-mirror"
	gitMount = "/run/git-mirror"
)

// mirrorFolders are the mirrors of gems on this disk, as mounts of a build that leave nothing in the image.
type mirrorFolders struct {
	mounts    map[string]string // by stage of the Dockerfile
	gitConfig []byte            // sends git to the mirrors of repositories; nil: there are none
}

// mirrorFoldersOf first copies the repositories of [build] git_mirror to the cache, each under a name of its own.
func mirrorFoldersOf(ctx context.Context, s *session.Session) (mirrorFolders, error) {
	b := s.Config.Build
	m := mirrorFolders{mounts: map[string]string{}}
	if filepath.IsAbs(b.GemMirror) {
		m.mounts[gemStage] = b.GemMirror
	}
	var config strings.Builder
	for _, from := range slices.Sorted(maps.Keys(b.GitMirror)) {
		to := b.GitMirror[from]
		if filepath.IsAbs(to) {
			name := strings.TrimSuffix(filepath.Base(from), ".git") + "-" + Short(image.Sum([]byte(from))) + ".git"
			if err := copyRepository(ctx, to, s.Config.Cache.In("gems", name)); err != nil {
				return m, fault.New(fault.Other, "copying the repository of [build] git_mirror for %q: %w", from, err)
			}
			m.mounts[gitStage] = s.Config.Cache.In("gems")
			to = "file://" + gitMount + "/" + name
		}
		fmt.Fprintf(&config, "[url %q]\n\tinsteadOf = %q\n", to, from)
	}
	if config.Len() > 0 {
		config.WriteString("[safe]\n\tdirectory = *\n") // mounted files keep their owner from here
		m.gitConfig = []byte(config.String())
	}
	return m, nil
}

// copyRepository makes or updates a bare copy. The copy's files change only when branches or tags do, because
// BuildKit runs the step again when they change.
func copyRepository(ctx context.Context, from, to string) error {
	source, err := git.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	refs, err := source.Run(ctx, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
	if err != nil {
		return err
	}
	mark := to + ".refs"
	if have, err := os.ReadFile(mark); err == nil && string(have) == string(refs) {
		return nil
	}
	copied, err := git.Init(ctx, to)
	if err != nil {
		return err
	}
	defer copied.Close()
	if _, err := copied.Net(ctx, nil, nil, "fetch", "--quiet", "--prune", source.Dir(), "+refs/heads/*:refs/heads/*",
		"+refs/tags/*:refs/tags/*"); err != nil {
		return err
	}
	return os.WriteFile(mark, refs, 0o644)
}
