package filecommand

import (
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/shell"
)

// repository is the address of a repository that has Mastodon's name: host and owner.
var repository = regexp.MustCompile(
	`^(?:https?://(?:[^/@]+@)?|git://|ssh://(?:[^/@]+@)?|[^/@:]+@)([^/:]+)[/:](?:\S+/)?([^/]+)/mastodon(?:\.git)?/?$`)

// ofUpstream are the owners of Mastodon's own repository at GitHub, now and before.
var ofUpstream = map[string]bool{"mastodon": true, "tootsuite": true}

// Forked leaves to a person, by name, what a repository of Mastodon's name has beyond upstream: it is not in the tree
// that is followed. It reports whether the address is that of a fork; ref is a branch or a tag, "" for the default.
func Forked(m *shell.Machine, at scriptchanges.Spot, address, ref string) bool {
	found := repository.FindStringSubmatch(address)
	if found == nil || trimmed(address) == trimmed(m.Src.Upstream) {
		return false
	}
	name, next := trimmed(address), trimmed(address)
	if found[1] == "github.com" || found[1] == "www.github.com" {
		if ofUpstream[found[2]] {
			return false
		}
		name = found[2] + "/mastodon"
		next = "https://github.com/" + name
	}
	if ref != "" {
		name, next = name+"@"+ref, next+"@"+ref
	}
	m.Offer(at, importer.Next{Import: next},
		"fork?: it takes the source of %s, whose own changes are not in upstream", name)
	return true
}

func trimmed(address string) string {
	return strings.TrimSuffix(strings.TrimSuffix(address, "/"), ".git")
}
