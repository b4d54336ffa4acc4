// Package safety decides what a change may write: a path, a file mode and a link's target go in, and the reason for a
// refusal, or nil, comes out. docs/safety.md states the rules.
package safety

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// What a file system or git itself can name: longer paths cannot be checked out.
const (
	maxName = 255
	maxPath = 4096
	maxDeep = 64 // folders within each other; Mastodon has ten
)

// Unsafe is the refusal of what would be harmful, malformed that of what cannot be read as it is meant.
func Unsafe(format string, args ...any) *fault.Error { return fault.New(fault.Gate, format, args...) }
func Malformed(format string, args ...any) *fault.Error {
	return fault.New(fault.Usage, format, args...)
}

// guarded are what takes effect by being there, so that a change has to say that it means it.
var guarded = []string{".gitattributes", ".gitmodules", ".github/workflows/"}

// Guarded are the paths that only a change which says so may touch: its `allow`, or a person for one run (see Load).
func Guarded() []string { return slices.Clone(guarded) }

// CheckPath says why a change may not name a path of the tree, or nil.
func CheckPath(name string, allow []string) *fault.Error {
	switch {
	case name == "":
		return Unsafe("a path is empty")
	case !utf8.ValidString(name):
		return Unsafe("path %q is not UTF-8", name)
	case len(name) > maxPath:
		return Unsafe("a path has %d bytes, at most %d are allowed", len(name), maxPath)
	case strings.ContainsFunc(name, Hidden):
		return Unsafe("path %q holds a control or invisible character", name)
	case strings.HasPrefix(name, "/"), len(name) > 1 && name[1] == ':':
		return Unsafe("path %q is absolute", name)
	case strings.Contains(name, `\`):
		return Unsafe("path %q holds a backslash", name)
	case strings.HasPrefix(name, "-"):
		return Unsafe("path %q begins with a dash", name)
	}
	parts := strings.Split(name, "/")
	if len(parts) > maxDeep {
		return Unsafe("a path has %d parts, at most %d are allowed", len(parts), maxDeep)
	}
	for i, part := range parts {
		folded := fold(part)
		switch {
		case part == "..":
			return Unsafe("path %q leaves the tree", name)
		case part == "", part == ".":
			return Unsafe("path %q is not in its shortest form", name)
		case len(part) > maxName:
			return Unsafe("a name in a path has %d bytes, at most %d are allowed", len(part), maxName)
		case isGit(folded):
			return Unsafe("path %q is git's own", name)
		case alias(folded, ".gitattributes", "gitatt~", "gi7d29~") && !allowed(allow, ".gitattributes"):
			return Unsafe("path %q decides what git does with other files", name).
				WithHint("if you mean it, write: allow = [%q]", ".gitattributes")
		case alias(folded, ".gitmodules", "gitmod~", "gi7eba~") && !allowed(allow, ".gitmodules"):
			return Unsafe("path %q brings in other repositories", name).
				WithHint("if you mean it, write: allow = [%q]", ".gitmodules")
		case i == 1 && folded == "workflows" && fold(parts[0]) == ".github" && !allowed(allow, ".github/workflows/"):
			return Unsafe("path %q is run by GitHub", name).
				WithHint("if you mean it, write: allow = [%q]", ".github/workflows/")
		}
	}
	return nil
}

// Hidden characters move the cursor, turn the line round or are not seen at all.
func Hidden(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// fold gives a name as file systems that ignore case may see it. Those that leave out invisible characters (HFS+) are
// dealt with by hidden; NTFS leaves out dots and spaces at the end, and what follows a colon is a stream.
func fold(name string) string {
	name, _, _ = strings.Cut(name, ":")
	return strings.ToLower(strings.TrimRight(name, ". "))
}

// isGit says whether a folded name can lead into a repository's own folder: by its name, or by NTFS's short one.
func isGit(folded string) bool {
	if rest, ok := strings.CutPrefix(folded, "git~"); ok {
		return strings.Trim(rest, "0123456789") == ""
	}
	return folded == ".git"
}

// alias says whether a folded name is name, or one of its short forms on NTFS.
func alias(folded, name string, short ...string) bool {
	return folded == name || slices.ContainsFunc(short, func(s string) bool {
		rest, ok := strings.CutPrefix(folded, s)
		return ok && rest != "" && strings.Trim(rest, "0123456789") == ""
	})
}

func allowed(allow []string, class string) bool { return slices.Contains(allow, class) }

// CheckMode says why a change may not make a file of this mode at name, or nil.
func CheckMode(name string, old, mode tree.Mode) *fault.Error {
	switch {
	case mode == tree.Submodule || old == tree.Submodule:
		return Unsafe("%q is a submodule", name)
	case mode != tree.Regular && mode != tree.Executable && mode != tree.Symlink:
		return Malformed("%q has mode %s", name, mode).WithHint("git knows 100644, 100755 and 120000")
	case old != 0 && (old == tree.Symlink) != (mode == tree.Symlink):
		return Unsafe("%q turns from %s into %s", name, Describe(old), Describe(mode)).
			WithHint("remove it in one change and add it in another")
	}
	return nil
}

func Describe(m tree.Mode) string {
	switch m {
	case tree.Symlink:
		return "a symbolic link"
	case tree.Folder:
		return "a folder"
	case tree.Submodule:
		return "a submodule"
	}
	return "a file"
}

// CheckTarget says why a symbolic link at name may not point to target, or nil.
func CheckTarget(name, target string) *fault.Error {
	if target == "" || strings.ContainsFunc(target, Hidden) || !utf8.ValidString(target) {
		return Unsafe("the symbolic link %q points to %q", name, target)
	}
	to := path.Join(path.Dir(name), target)
	if base := fold(path.Base(name)); strings.HasPrefix(base, ".git") || strings.HasPrefix(base, "gi") &&
		strings.Contains(base, "~") {
		return Unsafe("%q would be a symbolic link, which git does not read", name)
	}
	up := true
	for part := range strings.SplitSeq(target, "/") {
		if up = up && (part == ".." || part == "."); !up && part == ".." {
			return Unsafe("the symbolic link %q points to %q, which goes down and up again", name, target)
		}
	}
	if path.IsAbs(target) || strings.Contains(target, `\`) || to == ".." || strings.HasPrefix(to, "../") {
		return Unsafe("the symbolic link %q points out of the tree, to %q", name, target)
	}
	if slices.ContainsFunc(strings.Split(to, "/"), func(part string) bool { return isGit(fold(part)) }) {
		return Unsafe("the symbolic link %q points to git's own %q", name, target)
	}
	return nil
}

// CheckWrite says why no change may make a file of this mode at a path, whatever it is allowed; nil is that one may. A
// file that is removed has mode 0; target is where a symbolic link points to.
func CheckWrite(name string, mode tree.Mode, target string) error {
	if refused := CheckPath(name, guarded); refused != nil {
		return refused
	}
	if mode == 0 {
		return nil
	}
	if refused := CheckMode(name, 0, mode); refused != nil {
		return refused
	}
	if mode == tree.Symlink {
		if refused := CheckTarget(name, target); refused != nil {
			return refused
		}
	}
	return nil
}
