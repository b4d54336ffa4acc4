package fork

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Classes of files that become changes of their own: files that a program generates, files too large to review, and
// files that take effect by existing (GitHub's workflows, .gitattributes, .gitmodules).
const (
	locales   = "locales"
	lockFiles = "lock-files"
	compiled  = "compiled-files"
	huge      = "huge-files"
	workflows = "github-workflows"
	gitFiles  = "git-attributes"
)

var classes = []struct {
	name  string
	paths *regexp.Regexp
}{
	{workflows, regexp.MustCompile(`(?i)^\.github/workflows/`)},
	{gitFiles, regexp.MustCompile(`(?i)(^|/)\.git(attributes|modules)$`)},
	{compiled, regexp.MustCompile(`(^|/)(dist|packs|packs-test|node_modules|vendor/bundle)/`)},
	{compiled, regexp.MustCompile(`\.min\.(js|css)$|\.(js|css)\.map$|\.snap$`)},
	{locales, regexp.MustCompile(`(^|/)(locales|locale|i18n)/.*\.(json|ya?ml|po|properties)$`)},
	{locales, regexp.MustCompile(`(^|/)locales/locale-data/|(^|/)crowdin[\w.-]*\.ya?ml$`)},
}

var lockNames = map[string]bool{
	"Gemfile.lock": true, "yarn.lock": true, "package-lock.json": true, "npm-shrinkwrap.json": true,
	"pnpm-lock.yaml": true, "bun.lockb": true, "bun.lock": true, "composer.lock": true, "Cargo.lock": true,
	"go.sum": true, "poetry.lock": true, "flake.lock": true,
}

// Above either limit a file becomes a change of its own.
const (
	hugeLines = 20_000
	hugeBytes = 2 << 20
)

// classOf returns the class of a changed path; "" for files that people write.
func classOf(p *changedPath) string {
	for _, c := range classes {
		if c.paths.MatchString(p.Path) || c.paths.MatchString(p.From) {
			return c.name
		}
	}
	switch {
	case lockNames[path.Base(p.Path)]:
		return lockFiles
	case strings.Count(string(p.fresh), "\n") > hugeLines, len(p.fresh) > hugeBytes:
		return huge
	}
	return ""
}

// guardedPaths returns the classes of paths that take effect by existing, which a change has to name in its allow
// list; nil for most changes.
func guardedPaths(paths []string) []string {
	var out []string
	for _, one := range []struct {
		class string
		is    func(name string) bool
	}{
		{".gitattributes", func(name string) bool { return strings.EqualFold(path.Base(name), ".gitattributes") }},
		{".gitmodules", func(name string) bool { return strings.EqualFold(path.Base(name), ".gitmodules") }},
		{".github/workflows/", func(name string) bool { return classes[0].paths.MatchString(name) }},
	} {
		if slices.ContainsFunc(paths, one.is) {
			out = append(out, one.class)
		}
	}
	return out
}
