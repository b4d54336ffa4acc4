package image

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/tonistiigi/fsutil"

	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/tree"
)

// contextPaths returns the files and folders of the context that a build of the platform reads, see
// [frontend.Dockerfile.Reads].
func (s Spec) contextPaths(ctx context.Context, platform string) (paths []string, all bool, err error) {
	if len(s.Frontends) > 0 {
		return nil, true, nil // another frontend may ask for anything
	}
	return s.Dockerfile.Reads(ctx, frontend.Build{Args: s.Args, Target: s.Target, Platform: platform})
}

// ignoreFile is what BuildKit's frontend reads from a context besides what the Dockerfile names.
const ignoreFile = ".dockerignore"

// Reads returns those of the names that the image's build reads from its context: changes of the others do not change
// the inputs.
func (s Spec) Reads(ctx context.Context, names []string) ([]string, error) {
	paths, all, err := s.contextPaths(ctx, s.firstPlatform())
	if err != nil || all {
		return names, err
	}
	matcher, err := patternmatcher.New(append([]string{ignoreFile}, paths...))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.Dockerfile.Name, err)
	}
	var out []string
	for _, name := range names {
		reads, err := matcher.MatchesOrParentMatches(name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", s.Dockerfile.Name, err)
		}
		if reads {
			out = append(out, name)
		}
	}
	return out, nil
}

// firstPlatform returns a platform where it does not matter which.
func (s Spec) firstPlatform() string { return append(s.platforms(), "linux/amd64")[0] }

// contextID identifies what a build reads from the context: the tree's id if it reads everything, otherwise a digest
// over the modes, ids and names of those files. It reads no contents except those of links.
func (s Spec) contextID(ctx context.Context, platform string) (string, error) {
	paths, all, err := s.contextPaths(ctx, platform)
	if err != nil {
		return "", err
	}
	if all {
		return string(s.Context.Root()), nil
	}
	var lines strings.Builder
	err = s.walkContext(ctx, paths, func(name string, e tree.Entry) {
		fmt.Fprintf(&lines, "%s %s %q\n", e.Mode, e.ID, name)
	})
	if err != nil {
		return "", err
	}
	return Sum([]byte(lines.String())), nil
}

// walkContext calls fn for each file and link of the context at the paths, in the order and by the rules by which
// BuildKit's client sends them.
func (s Spec) walkContext(ctx context.Context, paths []string, fn func(name string, e tree.Entry)) error {
	picked, err := fsutil.NewFilterFS(&contextFS{ctx: ctx, tree: s.Context},
		&fsutil.FilterOpt{FollowPaths: append([]string{ignoreFile}, paths...)})
	if err == nil {
		err = picked.Walk(ctx, "", func(name string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name = filepath.ToSlash(name)
			entry, err := s.Context.Lookup(ctx, name)
			if err == nil && !entry.Mode.IsFolder() {
				fn(name, entry)
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("listing the build context: %w", err)
	}
	return nil
}
