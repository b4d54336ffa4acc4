package config

import (
	"cmp"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // so that time zones are the same on a machine without zone files

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/upstreamref"
)

// This file has the values that each key may have, and which keys exclude each other.

func setName(l *loader, v value) {
	l.check(v, stamp.CheckName(v.text))
	l.c.Name = v.text
}

func setPatches(l *loader, v value) {
	for i := range v.list {
		one := v.item(i)
		p := l.existing(one, true)
		if slices.ContainsFunc(l.c.Patches, func(q Path) bool { return q.Abs == p.Abs }) {
			l.fail(one.fault("the folder %q is listed twice", one.text).WithHint("keep one"))
		}
		l.c.Patches = append(l.c.Patches, p)
	}
}

func setZone(l *loader, v value) {
	zone, err := time.LoadLocation(v.text)
	if err != nil || v.text == "Local" {
		l.fail(v.fault("unknown time zone %q", v.text).WithHint("such as UTC or Europe/Berlin"))
		return
	}
	l.c.Zone = zone
}

func setRef(l *loader, v value) {
	l.check(v, upstreamref.Check(v.text))
	if v.text == "@released" {
		l.fail(v.fault("[upstream] ref cannot be @released: a distribution cannot follow its own " +
			"releases").WithHint("use @released with -ref= only"))
	}
	l.c.Upstream.Ref = v.text
}

func setWatch(l *loader, v value) {
	for i := range v.list {
		one := v.item(i)
		if path.Clean(one.text) != one.text || path.IsAbs(one.text) || strings.HasPrefix(one.text, "..") || one.text == "." {
			l.fail(one.fault("%q is not a path in upstream's tree", one.text).WithHint("such as streaming/Dockerfile"))
		}
		if slices.Contains(l.c.Upstream.Watch, one.text) {
			l.fail(one.fault("%q is watched twice", one.text).WithHint("keep one"))
		}
		l.c.Upstream.Watch = append(l.c.Upstream.Watch, one.text)
	}
}

func setVisibility(l *loader, v value) {
	if v.text != "public" && v.text != "private" {
		l.fail(v.fault("the visibility %q is neither %q nor %q", v.text, "public", "private").
			WithHint("use public, or private where the servers that pull the images have credentials"))
	}
	l.c.Publish.Public = v.text == "public"
}

func setMoving(l *loader, v value) {
	for i := range v.list {
		one := v.item(i)
		refused := cmp.Or(address.CheckTag(one.text), stamp.CheckMoving(one.text))
		switch {
		case strings.Contains(one.text, "+"):
			l.fail(one.fault("the tag %q holds a plus, which registries refuse", one.text).WithHint("write a dash in its place"))
		case refused != nil:
			l.check(one, refused)
		case slices.Contains(l.c.Publish.Moving, one.text):
			l.fail(one.fault("the tag %q is listed twice", one.text).WithHint("keep one"))
		}
		l.c.Publish.Moving = append(l.c.Publish.Moving, one.text)
	}
}

func setInsecure(l *loader, v value) {
	for i := range v.list {
		one := v.item(i)
		host := strings.ToLower(one.text)
		if !address.IsHost(host) {
			l.fail(one.fault("%q is not a registry's host", one.text).WithHint("such as registry.internal:5000"))
		}
		l.c.Publish.Insecure = append(l.c.Publish.Insecure, host)
	}
}

func setPort(l *loader, v value) {
	n, err := strconv.Atoi(v.text)
	if err != nil || n < 1 || n > 65535 {
		l.fail(v.fault("%q is not a port", v.text).WithHint("use a number from 1 to 65535; below 1024 only root may"))
	}
	l.c.Publish.Port = n
}

func setDebian(l *loader, v value) {
	l.oneOf(v, []string{"bookworm", "trixie"}, "unknown Debian suite %q")
	l.c.Build.Debian = v.text
}

func setCompression(l *loader, v value) {
	l.oneOf(v, []string{"zstd", "gzip"}, "unknown compression of layers %q")
	l.c.Build.Compression = v.text
}

// oneOf returns an error for a value that is none of the names, and proposes the nearest.
func (l *loader) oneOf(v value, names []string, refused string) {
	if slices.Contains(names, v.text) {
		return
	}
	e := v.fault(refused, v.text)
	if near := nearest.Name(v.text, names); near != "" {
		l.fail(e.WithHint("did you mean %q?", near))
		return
	}
	l.fail(e.WithHint("use %s", strings.Join(names, " or ")))
}

func setGitMirror(l *loader, v value) {
	l.c.Build.GitMirror = map[string]string{}
	for from, to := range v.table {
		if !strings.HasPrefix(from, "https://") {
			l.fail(v.fault("the git repository %q is not an https address", from).
				WithHint("write the address as Gemfile has it, then the one to read in its place: %s",
					`"https://github.com/owner/gem" = "https://mirror.example/gem"`))
		}
		one := v
		one.text = to
		l.c.Build.GitMirror[from] = l.repository(one)
	}
}

var (
	argForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	ownArg  = regexp.MustCompile(
		`^(BUILDKIT_.*|SOURCE_DATE_EPOCH|PACKAGES|SOURCE_COMMIT|SOURCE_TAG|SOURCE_BASE_URL|` +
			`MASTODON_VERSION_.*|HTTPS?_PROXY|.*_proxy|TARGET.*|BUILDPLATFORM)$`)
)

func setArgs(l *loader, v value) {
	for name := range v.table {
		switch {
		case !argForm.MatchString(name):
			l.fail(v.fault("%q is not the name of a build argument", name).
				WithHint("use letters, digits and underscores; a digit cannot be the first"))
		case secret.Named(name):
			l.fail(v.fault("the build argument %q looks like a secret", name).
				WithHint("remove it: everybody can read build arguments in the image's history"))
		case name == "DEBIAN_VERSION":
			l.fail(v.fault("the build argument %q is set by the key debian", name).
				WithHint("remove it, and write under [build]: debian = %q", v.table[name]))
		case ownArg.MatchString(name):
			l.fail(v.fault("the build argument %q is set by Howdah or BuildKit", name).WithHint("remove it"))
		}
	}
	l.c.Build.Args = v.table
}

// contradictions reports contradictions between keys that are each correct.
func (l *loader) contradictions() {
	c := l.c
	at := func(key string) value { f, n := c.at(key); return value{place: place{f, n}} }
	for _, r := range c.Publish.Required {
		if !slices.Contains(c.Publish.Registries, r) {
			l.fail(at("publish.required").fault("the required registry %q is not among the registries", r).
				WithHint("use one of: %s", strings.Join(c.Publish.Registries, ", ")))
		}
	}
	if len(c.Publish.Registries) > 0 && c.Source.Repository == "" {
		l.fail(at("publish.registries").fault("registries are set, but [source] repository is not").
			WithHint("set [source] repository or HOWDAH_SOURCE_REPOSITORY to this distribution's address; the images' " +
				"source label needs it"))
	}
	for _, host := range c.Publish.Insecure {
		if l.fromEnvironment("publish.registries") && !l.fromEnvironment("publish.insecure") {
			break
		}
		if !slices.ContainsFunc(c.Publish.Registries,
			func(r string) bool { return r == host || strings.HasPrefix(r, host+"/") }) {
			l.fail(at("publish.insecure").fault("insecure names %q, but no registry is at this host", host).
				WithHint("remove it, or add a registry at this host to registries"))
		}
	}
	for platform := range c.Build.Builders {
		if !slices.Contains(c.Build.Platforms, platform) {
			l.fail(at("build.builder").fault("builder names the platform %q, which is not among platforms", platform).
				WithHint("remove it, or use one of: %s", strings.Join(c.Build.Platforms, ", ")))
		}
	}
	if c.Source.Push != "" && c.Source.Push == c.Upstream.URL {
		l.fail(at("source.push").fault("push is the address of [upstream] url, so releases would push to upstream").
			WithHint("name a repository of your own"))
	}
	for _, i := range c.Images() {
		if i.Name == c.Name+"-release" {
			l.fail(at("image."+i.Role+".name").fault("the image name %q is reserved: the record of each release is stored "+
				"under it", i.Name).
				WithHint("choose another, such as %q", imageDefaults[i.Role].Name))
		}
	}
	for _, p := range c.Patches {
		for _, dir := range []string{c.Dist, c.Cache.dir} {
			if p.Abs == dir || strings.HasPrefix(p.Abs, dir+string(filepath.Separator)) {
				l.fail(at("patches").fault("the folder of changes %q is inside a folder that Howdah empties", p.Name).
					WithHint("move it out of dist and the cache"))
			}
		}
	}
	if c.Upstream.Settle > 0 && commitForm.MatchString(c.Upstream.Ref) {
		l.fail(at("upstream.settle").fault("settle has no effect when ref is a commit").
			WithHint("remove settle, or follow a branch"))
	}
}

var commitForm = regexp.MustCompile(`^[0-9a-f]{40}$`)
