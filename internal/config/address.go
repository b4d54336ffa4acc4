package config

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/secret"
)

var (
	scheme       = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*)://`)
	remoteHelper = regexp.MustCompile(`^[A-Za-z0-9]+::`)
	scpLike      = regexp.MustCompile(`^([A-Za-z0-9._-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*:[^:\s]+$`)
)

// repository returns a value as an address for git: https, ssh, file, or a local path, which becomes absolute. Other
// schemes could run programs (ext::) or be intercepted (git, http).
func (l *loader) repository(v value) string {
	if remoteHelper.MatchString(v.text) {
		l.fail(v.fault("the address %q names a git remote helper", secret.Show(v.text)).
			WithHint(schemes))
		return ""
	}
	if strings.HasPrefix(v.text, "-") {
		l.fail(v.fault("the address %q begins with a dash", secret.Show(v.text)).
			WithHint(schemes))
		return ""
	}
	if !scheme.MatchString(v.text) {
		if before, _, ok := strings.Cut(v.text, "@"); strings.Contains(v.text, ":") && strings.Count(v.text, "@") > 1 ||
			ok && strings.Contains(before, ":") {
			l.fail(v.fault("the address holds credentials").WithHint("remove the password: an SSH key lets git in without one"))
			return ""
		}
		if scpLike.MatchString(v.text) && !strings.HasPrefix(v.text, "/") && !strings.HasPrefix(v.text, ".") {
			return v.text
		}
		return l.path(v).Abs
	}
	u, err := url.Parse(v.text)
	if err != nil {
		l.fail(v.fault("expected the address of a repository, found a text that is none").
			WithHint("such as https://github.com/mastodon/mastodon.git"))
		return ""
	}
	if _, password := u.User.Password(); password || u.User != nil && u.Scheme != "ssh" {
		l.fail(v.fault("the address at %q holds credentials", u.Host).
			WithHint("remove them: %s", l.login(v)))
		return ""
	}
	if u.RawQuery != "" || u.Fragment != "" {
		l.fail(v.fault("the address %q has a query or a fragment after its path", secret.Show(v.text)).
			WithHint("end it after the path, such as https://github.com/mastodon/mastodon.git; keep a token in git's " +
				"credential helper"))
		return ""
	}
	switch {
	case u.Scheme == "file" && u.Host == "" && filepath.IsAbs(u.Path):
		return v.text
	case u.Scheme == "http" && address.IsLoopback(u.Hostname()):
		return v.text
	case u.Scheme != "https" && u.Scheme != "ssh":
		l.fail(v.fault("the scheme of %q is not allowed", secret.Show(v.text)).
			WithHint(schemes))
	case u.Host == "" || strings.HasPrefix(u.Host, "-") || u.Path == "" || u.Path == "/":
		l.fail(v.fault("%q is not the address of a repository", secret.Show(v.text)).
			WithHint("such as https://github.com/mastodon/mastodon.git"))
	default:
		return v.text
	}
	return ""
}

// schemes is the hint with the allowed forms of an address for git.
const schemes = "use an address that begins with https://, ssh:// or file://, or a path on this machine"

// login says where the credentials of a repository belong.
func (l *loader) login(v value) string {
	if v.key.Path == "source.push" {
		return "set HOWDAH_SOURCE_TOKEN, or use an SSH key"
	}
	return "use git's credential helper, or an SSH key"
}

// webAddress returns a value as the address of a web page.
func (l *loader) webAddress(v value) string {
	u, err := url.Parse(v.text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https":
		l.fail(v.fault("%q is not an https address", secret.Show(v.text)).WithHint("such as https://github.com/you/howdah"))
	case u.User != nil:
		l.fail(v.fault("the address at %q holds credentials", u.Host).
			WithHint("remove them: this address is written into each image, where everybody can read it"))
	case u.RawQuery != "" || u.Fragment != "":
		l.fail(v.fault("%q has a query or a fragment after its path", secret.Show(v.text)).
			WithHint("end it after the path, such as https://github.com/you/howdah"))
	default:
		return strings.TrimSuffix(v.text, "/")
	}
	return ""
}

// mirror returns a value as an http or https address, or an absolute folder.
func (l *loader) mirror(v value) string {
	if scheme.MatchString(v.text) {
		u, err := url.Parse(v.text)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
			l.fail(v.fault("%q is not an http or https address", secret.Show(v.text)).WithHint("such as https://mirror.example"))
			return ""
		case u.User != nil || len(secret.Address(v.text)) > 0:
			l.fail(v.fault("the address at %q holds credentials", u.Host).
				WithHint("build arguments are not kept secret: use a mirror that needs no password"))
			return ""
		}
		return strings.TrimSuffix(v.text, "/")
	}
	if v.key.Path == "build.npm_registry" || v.key.Path == "build.debian_mirror" {
		l.fail(v.fault("%q is not an http or https address", secret.Show(v.text)).WithHint("such as https://mirror.example"))
		return ""
	}
	return l.existing(v, true).Abs
}

// existing returns a value as a file or folder that exists.
func (l *loader) existing(v value, folder bool) Path {
	p := l.path(v)
	kind, other := "file", "folder"
	if folder {
		kind, other = other, kind
	}
	switch s, err := os.Stat(p.Abs); {
	case err != nil:
		l.fail(v.fault("found no %s %q", kind, v.text).
			WithHint("create it, or correct the path: relative paths start at %s", l.start(v)))
	case s.IsDir() != folder:
		l.fail(v.fault("expected a %s at %q, found a %s", kind, v.text, other).WithHint("name a %s", kind))
	}
	return p
}

// start returns the folder that v's relative paths start from.
func (l *loader) start(v value) string {
	if v.base == l.c.Root {
		return "howdah.toml's folder"
	}
	return "the working directory"
}

// registries is a list of places for images, "ghcr.io/owner", in the names that registries have for themselves.
func (l *loader) registries(v value) []string {
	var all []string
	found := map[string]string{} // by canonical name: as written
	for i := range v.list {
		one := v.item(i)
		name, err := registry(one.text)
		if err != nil {
			l.check(one, err)
			continue
		}
		if first, twice := found[name]; twice {
			l.fail(one.fault("the registry %q is listed twice", one.text).
				WithHint("remove it: it is the same registry as %q", first))
		}
		found[name] = one.text
		all = append(all, name)
	}
	return all
}

func registry(s string) (string, error) {
	bad := func(why string, hint string) error {
		return fault.New(fault.Usage, "%q %s", s, why).WithHint("%s", hint)
	}
	const example = "such as ghcr.io/you or docker.io/you"
	such := example
	if right := address.Suggest(s); right != "" && !strings.HasSuffix(right, "/OWNER") {
		such = "write it as " + right
	}
	switch {
	case scheme.MatchString(s):
		return "", bad("has a scheme", such)
	case strings.Contains(s, "@") && !strings.Contains(s, "@sha256:"):
		return "", fault.New(fault.Usage, "the address of a registry holds credentials").
			WithHint("remove them; use docker login, or DOCKERHUB_TOKEN and GITHUB_TOKEN")
	case strings.Contains(s, "@"):
		return "", bad("has a digest", such)
	case strings.HasSuffix(s, "/"):
		return "", bad("ends in a slash", such)
	}
	parts := strings.Split(s, "/")
	host := strings.ToLower(parts[0])
	if !strings.ContainsAny(host, ".:") && host != "localhost" {
		return "",
			bad("does not begin with a registry's host", example+"; a name without a host means Docker Hub's own library")
	}
	if !address.IsHost(host) {
		return "", bad("does not begin with a registry's host", such)
	}
	switch host {
	case "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com":
		host = "docker.io"
	}
	if to, ok := address.Website(host); ok {
		return "", bad("is the address of a website; its registry is "+to, such)
	}
	if len(parts) == 1 && (host == "docker.io" || host == "ghcr.io") {
		return "", bad("has no account after the host", such)
	}
	for _, part := range parts[1:] {
		switch {
		case strings.ToLower(part) != part:
			return "", bad("has capital letters in its path", "registries take small letters only: "+strings.ToLower(s))
		case strings.Contains(part, ":"):
			return "", bad("has a tag", "leave the tag out, since each release has its own: "+strings.Split(s, ":")[0])
		case !address.IsPart(part):
			return "", bad("has an empty part, or one with characters that registries refuse", such)
		}
	}
	return strings.Join(append([]string{host}, parts[1:]...), "/"), nil
}
