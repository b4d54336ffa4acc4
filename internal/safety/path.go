// Package safety decides what a change may write: it checks paths, file modes and the targets of links, and returns
// the reason of a refusal, or nil. docs/safety.md states the rules.
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

// Limits of file systems and git: longer paths cannot be checked out.
const (
	maxName = 255
	maxPath = 4096
	maxDeep = 64 // folders within each other; Mastodon has ten
)

// Unsafe returns the refusal of something harmful, Malformed that of something that cannot be read as it is meant.
func Unsafe(format string, args ...any) *fault.Error { return fault.New(fault.Gate, format, args...) }
func Malformed(format string, args ...any) *fault.Error {
	return fault.New(fault.Usage, format, args...)
}

// guarded paths take effect by existing, so a change has to list them in allow.
var guarded = []string{".gitattributes", ".gitmodules", ".github/workflows/"}

// Guarded returns the paths that a change may only touch if its `allow` lists them, or a person allows it for one run
// (see series.Load).
func Guarded() []string { return slices.Clone(guarded) }

// CheckPath returns why a change may not name a path of the tree, or nil.
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
				WithHint("if you mean it, write in its entry: allow = [%q]", ".gitattributes")
		case alias(folded, ".gitmodules", "gitmod~", "gi7eba~") && !allowed(allow, ".gitmodules"):
			return Unsafe("path %q brings in other repositories", name).
				WithHint("if you mean it, write in its entry: allow = [%q]", ".gitmodules")
		case i == 1 && folded == "workflows" && fold(parts[0]) == ".github" && !allowed(allow, ".github/workflows/"):
			return Unsafe("path %q is run by GitHub", name).
				WithHint("if you mean it, write in its entry: allow = [%q]", ".github/workflows/")
		}
	}
	return nil
}

// Hidden reports characters that move the cursor, change the direction of the line, or are invisible.
func Hidden(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// fold returns a name as a file system that ignores case may see it. Hidden handles the characters that HFS+ ignores.
// NTFS ignores dots and spaces at the end, and reads what follows a colon as a stream.
func fold(name string) string {
	name, _, _ = strings.Cut(name, ":")
	return strings.ToLower(strings.TrimRight(name, ". "))
}

// isGit reports whether a folded name can lead into a repository's own folder, by its name or by NTFS's short one.
func isGit(folded string) bool {
	if rest, ok := strings.CutPrefix(folded, "git~"); ok {
		return strings.Trim(rest, "0123456789") == ""
	}
	return folded == ".git"
}

// alias reports whether a folded name is name, or one of its short forms on NTFS.
func alias(folded, name string, short ...string) bool {
	return folded == name || slices.ContainsFunc(short, func(s string) bool {
		rest, ok := strings.CutPrefix(folded, s)
		return ok && rest != "" && strings.Trim(rest, "0123456789") == ""
	})
}

func allowed(allow []string, class string) bool { return slices.Contains(allow, class) }

// CheckMode returns why a change may not write a file of this mode at name, or nil.
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

// CheckTarget returns why a symbolic link at name may not point to target, or nil.
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

// CheckWrite returns why no change may write a file of this mode at a path, even if its allow lists it, or nil. A
// removed file has mode 0; target is what a symbolic link points to.
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
