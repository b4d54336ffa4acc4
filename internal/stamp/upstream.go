package stamp

import (
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// The files in which upstream keeps its version, and that of its database.
const (
	VersionFile = "lib/mastodon/version.rb"
	SchemaFile  = "db/schema.rb"
)

// MigrationFolders are the folders of upstream's migrations: the names of their files are the state of the database.
var MigrationFolders = []string{"db/migrate", "db/post_migrate"}

var (
	number     = regexp.MustCompile(`(?m)^[ \t]*def (major|minor|patch)\n[ \t]*([0-9]{1,6})\n[ \t]*end$`)
	prerelease = regexp.MustCompile(
		`(?m)^[ \t]*def default_prerelease\n[ \t]*(?:'([^'\\\n]*)'|"([^"\\#\n]*)"|(nil))\n[ \t]*end$`)
	schemaLabel = regexp.MustCompile(`(?m)^ActiveRecord::Schema(?:\[[0-9.]+\])?\.define\(version: ([0-9_]+)\) do`)
)

// ParseUpstream reads the version from the text of upstream's lib/mastodon/version.rb.
func ParseUpstream(text []byte) (Version, error) {
	missing := func(what string) (Version, error) {
		return Version{}, fault.New(fault.Usage, "expected a method %q that returns a constant, found none", what).
			At(VersionFile, 0).
			WithHint("either upstream changed how it states its version, or the ref is older than 4.2, which Howdah does not " +
				"build")
	}
	parts := map[string]string{}
	for _, m := range number.FindAllSubmatch(text, -1) {
		if _, twice := parts[string(m[1])]; twice {
			return Version{}, fault.New(fault.Usage, "expected one method %q, found two", m[1]).At(VersionFile, 0).
				WithHint("see which change of the series writes this file")
		}
		parts[string(m[1])] = string(m[2])
	}
	for _, name := range []string{"major", "minor", "patch"} {
		if parts[name] == "" {
			return missing(name)
		}
	}
	pre := prerelease.FindAllSubmatch(text, -1)
	if len(pre) != 1 {
		return missing("default_prerelease")
	}
	s := parts["major"] + "." + parts["minor"] + "." + parts["patch"]
	if p := string(pre[0][1]) + string(pre[0][2]); p != "" {
		s += "-" + p
	}
	v, err := Parse(s)
	if err != nil {
		return Version{}, fault.New(fault.Usage, "%w", err).At(VersionFile, 0)
	}
	return v, nil
}

// ParseSchema reads the version of the database from the text of upstream's db/schema.rb: digits only, "" if there is
// none.
func ParseSchema(text []byte) string {
	m := schemaLabel.FindSubmatch(text)
	if m == nil {
		return ""
	}
	return strings.ReplaceAll(string(m[1]), "_", "")
}

// Migrations returns the paths that are migrations, sorted: the set that the gate "schema" compares.
func Migrations(paths []string) []string {
	var out []string
	for _, p := range paths {
		for _, dir := range MigrationFolders {
			if rest, ok := strings.CutPrefix(p, dir+"/"); ok && strings.HasSuffix(rest, ".rb") && !strings.Contains(rest, "/") {
				out = append(out, p)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Lacking returns the migrations that are in had and not in has, sorted.
func Lacking(has, had []string) []string {
	present := map[string]bool{}
	for _, p := range has {
		present[p] = true
	}
	var out []string
	for _, p := range had {
		if !present[p] {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
