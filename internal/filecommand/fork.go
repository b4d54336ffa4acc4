package filecommand

import (
	"path"
	"regexp"
	"strings"

	"github.com/distribution/reference"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/placeholder"
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

// ofMastodon finds images that have Mastodon's source, by their names.
var ofMastodon = regexp.MustCompile(`(?i)mastodon|glitch|hometown`)

// IsMastodon reports whether an image has Mastodon's source, or that of a fork of it, by its name.
func IsMastodon(image string) bool { return ofMastodon.MatchString(image) }

// ForkedImage leaves to a person, by name, what an image has that is not upstream's own, and reports whether it is such
// an image. One without an owner may be the script's own of upstream. Does is what the Dockerfile does with it. What is
// no name of an image, by Docker's own rules, is none.
func ForkedImage(m *shell.Machine, at scriptchanges.Spot, does, image string) bool {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil || placeholder.In(image) {
		return false
	}
	name := reference.Path(named)
	owner, repo := path.Base(path.Dir(name)), path.Base(name)
	if !strings.Contains(reference.FamiliarName(named), "/") || !strings.Contains(name, "/") || ofUpstream[owner] ||
		!IsMastodon(named.Name()) {
		return false
	}
	if reference.Domain(named) != "ghcr.io" || name != owner+"/"+repo || repo != "mastodon" && repo != "hometown" {
		m.Undecided(at, "fork?: it %s the image %s of %s; what its source has beyond upstream is not taken", does,
			image, owner)
		return true
	}
	address := "https://github.com/" + name
	if address == trimmed(m.Src.Upstream) {
		return false
	}
	m.Offer(at, importer.Next{Import: address},
		"fork?: it %s the image %s of %s, whose own changes are not in upstream", does, image, name)
	return true
}
