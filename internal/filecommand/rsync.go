package filecommand

import (
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// rsyncOptions are those that change nothing of which files are copied where, and the ones that are followed.
var rsyncOptions = strings.Fields("a archive r recursive v verbose q quiet h human-readable i itemize-changes z " +
	"compress P progress partial stats info l links p perms t times o owner g group D devices specials A acls X xattrs " +
	"H hard-links S sparse W whole-file c checksum I ignore-times no-o no-owner no-g no-group no-t no-times " +
	"O omit-dir-times numeric-ids delay-updates inplace exclude")

// rsync copies folders as cp does, but for a slash behind the source.
func rsync(m *shell.Machine, c *shell.Call) shell.Status {
	args := arguments.WithValues(c.Args, "exclude")
	options, rest := arguments.Split(args, "e")
	for _, w := range rest {
		if strings.Contains(w.Text, ":") {
			return m.Foreign(c)
		}
	}
	for name := range options {
		if !slices.Contains(rsyncOptions, name) {
			return m.Foreign(c)
		}
	}
	var patterns []string
	for _, w := range args {
		pattern, found := strings.CutPrefix(w.Text, "--exclude=")
		if !found {
			continue
		}
		if _, err := path.Match(pattern, ""); err != nil || w.Why != "" || !excludesNames(pattern) {
			return m.Foreign(c)
		}
		patterns = append(patterns, pattern)
	}
	deep := options.Has("a", "r", "archive", "recursive")
	return copyAll(m, c, rest, Copying{Deep: deep, Into: true, inside: true, links: true, fresh: true,
		modes: options.Has("a", "p", "archive", "perms"), without: patterns})
}

// excludesNames reports whether a pattern of rsync's is about a name, wherever it is, and not about a path.
func excludesNames(pattern string) bool {
	return pattern != "" && !strings.Contains(strings.TrimSuffix(pattern, "/"), "/") &&
		!strings.Contains(pattern, "**") && !strings.ContainsAny(pattern, "\\[") && !strings.HasPrefix(pattern, "+ ") &&
		!strings.HasPrefix(pattern, "- ") && pattern != "!"
}

// leavesOut reports whether what is copied leaves a file out: its path begins with the name of the folder that is
// copied, or below it.
func (how Copying) leavesOut(name string) bool {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		for _, pattern := range how.without {
			plain, folders := strings.CutSuffix(pattern, "/")
			if matches, _ := path.Match(plain, part); matches && (!folders || i < len(parts)-1) {
				return true
			}
		}
	}
	return false
}

// below returns the function that says which files below a folder are left out; whole: the folder's own name counts.
func (how Copying) below(from scriptfiles.Place, whole bool) func(string) bool {
	return func(name string) bool {
		rest, inside := scriptfiles.Below(from.Name, name)
		if from.Name == "" {
			rest, inside = name, true
		}
		if whole {
			rest = path.Join(path.Base(from.Name), rest)
		}
		return inside && how.leavesOut(rest)
	}
}
