package stamp

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
)

// Stamp is what is written on finished images. It is a function of the release's inputs: no time of the run, no
// machine. The zero value of a field leaves out what it is for.
type Stamp struct {
	Name    string    // the distribution's, part of the version shown
	Version Version   // upstream's
	Pin     string    // upstream's commit, 40 digits
	Created time.Time // the pin's date
	Patched string    // the patched commit, 40 digits
	Tree    string    // the patched tree, 40 digits
	Series  string    // a digest of the series
	Source  string    // [source] repository: where the distribution itself is kept
	Push    string    // [source] push: where the patched commit can be seen
	Vendor  string
	LeftOut []string         // changes that this release does without
	Images  map[string]Image // by name
}

// Image is what differs between the images of one release.
type Image struct {
	Title, Description, Role string
	BaseName, BaseDigest     string
	Inputs                   string
}

// Namespace is the prefix of Howdah's own labels and annotations.
const Namespace = "io.github.howdah."

// environmentNames are the variables that the stamp sets or removes.
var environmentNames = []string{"MASTODON_VERSION_METADATA", "MASTODON_VERSION_PRERELEASE", "SOURCE_COMMIT",
	"GITHUB_REPOSITORY", "SOURCE_BASE_URL", "SOURCE_TAG"}

// Check returns an error for a stamp that would not be a valid version, label or tag.
func (s Stamp) Check() error {
	if err := CheckName(s.Name); err != nil {
		return err
	}
	for _, id := range []string{s.Pin, s.Patched, s.Tree} {
		if id != "" && (len(id) != 40 || !hexDigits.MatchString(id)) {
			return fault.New(fault.Other, "%q is not a commit or tree id of 40 hex digits", id)
		}
	}
	if s.Pin == "" || s.Created.IsZero() {
		return fault.New(fault.Other, "the images cannot be stamped: upstream's commit or its date is not known")
	}
	_, err := NewTag(s.Created, s.Version, s.Pin, strings.Repeat("0", 64))
	return err
}

// metadata returns what follows "+" in the version shown.
func (s Stamp) metadata() string { return s.Name + "." + s.Pin[:9] }

// Shown returns the version as Mastodon will show it.
func (s Stamp) Shown() string { return s.Version.String() + "+" + s.metadata() }

// Environment returns what Mastodon reads at run time, as KEY=VALUE in a fixed order. SOURCE_BASE_URL and SOURCE_TAG
// point to the patched source; they are left out if that has no web address.
func (s Stamp) Environment() []string {
	env := []string{"MASTODON_VERSION_METADATA=" + s.metadata(), "SOURCE_COMMIT=" + s.Pin}
	base, repository := SourceURL(s.Push)
	if base == "" || s.Patched == "" {
		return env
	}
	if repository != "" {
		env = append(env, "GITHUB_REPOSITORY="+repository)
	}
	return append(env, "SOURCE_BASE_URL="+base, "SOURCE_TAG="+yamlText(s.Patched))
}

// yamlText quotes what unquoted YAML would take for a number: upstream writes SOURCE_TAG bare into a YAML file.
func yamlText(s string) string {
	if strings.Trim(s, "0123456789") == "" {
		return `"` + s + `"`
	}
	return s
}

var scpForm = regexp.MustCompile(`^(?:[a-z0-9_-]+@)?([a-z0-9.-]+):([A-Za-z0-9._/-]+)$`)

// SourceURL turns the address that git pushes to into the one that a browser opens and, on GitHub, OWNER/NAME. Both are
// empty for an address that no browser opens, such as a folder.
func SourceURL(push string) (base, repository string) {
	var host, path string
	if u, err := url.Parse(push); err == nil && (u.Scheme == "https" || u.Scheme == "ssh") {
		host, path = u.Host, u.Path
		if u.Scheme == "ssh" {
			host = u.Hostname()
		}
	} else if m := scpForm.FindStringSubmatch(push); m != nil && !strings.HasPrefix(m[2], "/") {
		host, path = m[1], m[2]
	}
	path = strings.Trim(strings.TrimSuffix(strings.Trim(path, "/"), ".git"), "/")
	if host == "" || path == "" {
		return "", ""
	}
	if host == "github.com" && strings.Count(path, "/") == 1 {
		repository = path
	}
	return "https://" + host + "/" + path, repository
}
