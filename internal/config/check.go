package config

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // so that zone means the same on a machine without zone files

	"github.com/howdah/howdah/internal/fault"
)

// What each key may say, and what two keys may not say together.

var nameForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func setName(l *loader, v value) {
	if !nameForm.MatchString(v.text) || len(v.text) > 40 {
		l.fail(v.fault("the name %q cannot stand in a version and in an image's name", v.text).WithHint("at most 40 small letters, digits and single dashes"))
	}
	l.c.Name = v.text
}

func setPatches(l *loader, v value) {
	for i := range v.list {
		one := v.item(i)
		p := l.existing(one, true)
		if slices.ContainsFunc(l.c.Patches, func(q Path) bool { return q.Abs == p.Abs }) {
			l.fail(one.fault("the folder %q is there twice", one.text))
		}
		l.c.Patches = append(l.c.Patches, p)
	}
}

func setZone(l *loader, v value) {
	zone, err := time.LoadLocation(v.text)
	if err != nil || v.text == "Local" {
		l.fail(v.fault("no time zone %q", v.text).WithHint("such as UTC or Europe/Berlin"))
		return
	}
	l.c.Zone = zone
}

func setWatch(l *loader, v value) {
	for i := range v.list {
		one := v.item(i)
		if path.Clean(one.text) != one.text || path.IsAbs(one.text) || strings.HasPrefix(one.text, "..") || one.text == "." {
			l.fail(one.fault("%q is not a path in upstream's tree", one.text))
		}
		if slices.Contains(l.c.Upstream.Watch, one.text) {
			l.fail(one.fault("%q is watched twice", one.text))
		}
		l.c.Upstream.Watch = append(l.c.Upstream.Watch, one.text)
	}
}

func setVisibility(l *loader, v value) {
	if v.text != "public" && v.text != "private" {
		l.fail(v.fault("the visibility %q is neither %q nor %q", v.text, "public", "private"))
	}
	l.c.Publish.Public = v.text == "public"
}

var (
	tagForm       = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)
	immutableForm = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z-`)
)

func setMoving(l *loader, v value) {
	for i := range v.list {
		one := v.item(i)
		switch {
		case strings.Contains(one.text, "+"):
			l.fail(one.fault("the tag %q holds a plus, which registries refuse", one.text))
		case !tagForm.MatchString(one.text):
			l.fail(one.fault("%q is no tag", one.text).WithHint("letters, digits, dots, dashes and underscores, at most 128"))
		case one.text == "current", strings.HasPrefix(one.text, "build-"), immutableForm.MatchString(one.text):
			l.fail(one.fault("the tag %q is one that Howdah makes itself", one.text))
		case slices.Contains(l.c.Publish.Moving, one.text):
			l.fail(one.fault("the tag %q is there twice", one.text))
		}
		l.c.Publish.Moving = append(l.c.Publish.Moving, one.text)
	}
}

func setInsecure(l *loader, v value) {
	for i := range v.list {
		one := v.item(i)
		host := strings.ToLower(one.text)
		if !registryHost.MatchString(host) {
			l.fail(one.fault("%q is no registry's host", one.text).WithHint("such as registry.internal:5000"))
		}
		l.c.Publish.Insecure = append(l.c.Publish.Insecure, host)
	}
}

func setPort(l *loader, v value) {
	n, err := strconv.Atoi(v.text)
	if err != nil || n < 1 || n > 65535 {
		l.fail(v.fault("%q is no port", v.text).WithHint("from 1024 to 65535"))
	}
	l.c.Publish.Port = n
}

// architectures are those that Debian, Ruby and Node all support.
var architectures = []string{"amd64", "arm64", "arm/v7", "ppc64le", "s390x", "riscv64", "386"}

// aliases are what other programs call them.
var aliases = map[string]string{"x86_64": "amd64", "x64": "amd64", "aarch64": "arm64", "arm64/v8": "arm64", "armhf": "arm/v7", "arm": "arm/v7", "i386": "386", "amd64/v1": "amd64"}

// CheckPlatform says why images cannot be built for a platform. It is for flags too.
func CheckPlatform(s string) error {
	os, arch, ok := strings.Cut(s, "/")
	if !ok {
		return fault.New(fault.Usage, "%q is no platform", s).WithHint("such as linux/amd64")
	}
	if os != "linux" {
		return fault.New(fault.Usage, "the platform %q is not Linux", s).WithHint("such as linux/amd64")
	}
	if slices.Contains(architectures, arch) {
		return nil
	}
	e := fault.New(fault.Usage, "no platform %q", s)
	if known, ok := aliases[arch]; ok {
		return e.WithHint("it is called linux/%s", known)
	}
	if near := nearest(arch, architectures); near != "" {
		return e.WithHint("did you mean linux/%s?", near)
	}
	return e.WithHint("known: linux/%s", strings.Join(architectures, ", linux/"))
}

func setPlatforms(l *loader, v value) {
	for i := range v.list {
		one := v.item(i)
		l.check(one, CheckPlatform(one.text))
		if slices.Contains(l.c.Build.Platforms, one.text) {
			l.fail(one.fault("the platform %q is there twice", one.text))
		}
		l.c.Build.Platforms = append(l.c.Build.Platforms, one.text)
	}
}

var (
	builderForm  = regexp.MustCompile(`^(unix|tcp|ssh|docker-container|podman-container|nerdctl-container|kube-pod)://[^\s/@][^\s@]*$|^unix:///[^\s]+$|^ssh://[^\s@:]+@[^\s@]+$`)
	builderWords = []string{"auto", "embedded", "docker"}
)

func checkBuilder(s string) error {
	if slices.Contains(builderWords, s) || builderForm.MatchString(s) {
		return nil
	}
	e := fault.New(fault.Usage, "no builder %q", s)
	if near := nearest(s, builderWords); near != "" {
		return e.WithHint("did you mean %q?", near)
	}
	return e.WithHint("auto, embedded, docker, or an address: unix://, tcp://, ssh://, docker-container://, podman-container://, kube-pod://")
}

func setBuilder(l *loader, v value) {
	if v.table == nil {
		l.check(v, checkBuilder(v.text))
		l.c.Build.Builder = v.text
		return
	}
	l.c.Build.Builder = "auto"
	l.c.Build.Builders = v.table
	for platform, address := range v.table {
		at := v
		if line := l.doc.lines["build.builder."+platform]; line > 0 && v.line > 0 {
			at.line = line
		}
		l.check(at, CheckPlatform(platform))
		l.check(at, checkBuilder(address))
	}
}

func setDebian(l *loader, v value) {
	if suites := []string{"bookworm", "trixie"}; !slices.Contains(suites, v.text) {
		e := v.fault("no Debian suite %q that images can be built on", v.text)
		if near := nearest(v.text, suites); near != "" {
			l.fail(e.WithHint("did you mean %q?", near))
			return
		}
		l.fail(e.WithHint("%s", strings.Join(suites, " or ")))
	}
	l.c.Build.Debian = v.text
}

func setGitMirror(l *loader, v value) {
	l.c.Build.GitMirror = map[string]string{}
	for from, to := range v.table {
		if !strings.HasPrefix(from, "https://") {
			l.fail(v.fault("the git repository %q is no https address", from))
		}
		one := v
		one.text = to
		l.c.Build.GitMirror[from] = l.repository(one)
	}
}

var (
	argForm   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	secretArg = regexp.MustCompile(`(?i)(TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS|(^|_)KEY)$`)
	ownArg    = regexp.MustCompile(`^(BUILDKIT_.*|SOURCE_DATE_EPOCH|PACKAGES|SOURCE_COMMIT|SOURCE_TAG|SOURCE_BASE_URL|MASTODON_VERSION_.*|HTTPS?_PROXY|.*_proxy|TARGET.*|BUILDPLATFORM)$`)
)

func setArgs(l *loader, v value) {
	for name := range v.table {
		switch {
		case !argForm.MatchString(name):
			l.fail(v.fault("%q is no name of a build argument", name))
		case secretArg.MatchString(name):
			l.fail(v.fault("the build argument %q looks like a secret", name).WithHint("build arguments can be read in the image's history"))
		case ownArg.MatchString(name):
			l.fail(v.fault("the build argument %q is set by Howdah or BuildKit", name))
		}
	}
	l.c.Build.Args = v.table
}

// contradictions are refused once every key is right by itself.
func (l *loader) contradictions() {
	c := l.c
	at := func(key string) value { f, n := c.At(key); return value{place: place{f, n}} }
	for _, r := range c.Publish.Required {
		if !slices.Contains(c.Publish.Registries, r) {
			l.fail(at("publish.required").fault("the required registry %q is not among the registries", r).WithHint("registries: %s", strings.Join(c.Publish.Registries, ", ")))
		}
	}
	if len(c.Publish.Registries) > 0 && c.Source.Repository == "" {
		l.fail(at("publish.registries").fault("registries are set, but no source.repository").WithHint("say where this distribution lives, in [source] or HOWDAH_SOURCE_REPOSITORY: the images' source label needs it"))
	}
	for _, host := range c.Publish.Insecure {
		if l.fromEnvironment("publish.registries") && !l.fromEnvironment("publish.insecure") {
			break
		}
		if !slices.ContainsFunc(c.Publish.Registries, func(r string) bool { return r == host || strings.HasPrefix(r, host+"/") }) {
			l.fail(at("publish.insecure").fault("no registry is at %q", host).WithHint("plain HTTP is for hosts that registries name"))
		}
	}
	for platform := range c.Build.Builders {
		if !slices.Contains(c.Build.Platforms, platform) {
			l.fail(at("build.builder").fault("a builder for %q, which is not among the platforms", platform).WithHint("platforms: %s", strings.Join(c.Build.Platforms, ", ")))
		}
	}
	if c.Source.Push != "" && c.Source.Push == c.Upstream.URL {
		l.fail(at("source.push").fault("the patched commit would be pushed to upstream").WithHint("name a repository of your own"))
	}
	for _, i := range c.Images() {
		if i.Name == c.Name+"-release" {
			l.fail(at("image."+i.Role+".name").fault("the image %q takes the name of the release's record", i.Name))
		}
	}
	for _, p := range c.Patches {
		for _, dir := range []string{c.Dist, c.Cache.Dir} {
			if p.Abs == dir || strings.HasPrefix(p.Abs, dir+string(filepath.Separator)) {
				l.fail(at("patches").fault("the folder of changes %q lies in one that is emptied", p.Name))
			}
		}
	}
	if c.Upstream.Settle > 0 && commitForm.MatchString(c.Upstream.Ref) {
		l.fail(at("upstream.settle").fault("settle has no meaning with a commit as ref"))
	}
}

var commitForm = regexp.MustCompile(`^[0-9a-f]{40}$`)

// imageDefaults are what howdah.toml need not say.
var imageDefaults = map[string]Image{
	Web:       {Name: "mastodon", Role: Web, Dockerfile: Path{Name: "docker/web.Dockerfile"}},
	Streaming: {Name: "mastodon-streaming", Role: Streaming, Dockerfile: Path{Name: "docker/streaming.Dockerfile"}},
}

// imageKey takes one key of the file's [[image]].
func (l *loader) imageKey(leaf leaf, v value) {
	var i int
	fmt.Sscanf(leaf.path, "image[%d]", &i)
	if owner.MatchString(v.text) {
		l.fail(v.fault("%q still says OWNER", v.text).WithHint("write your own account there, in small letters"))
		return
	}
	switch leaf.key {
	case "image.name":
		l.images[i].Name = v.text
	case "image.dockerfile":
		l.images[i].Dockerfile = Path{Name: v.text}
	case "image.role":
		if v.text != Web && v.text != Streaming {
			l.fail(v.fault("the role %q is neither %q nor %q", v.text, Web, Streaming))
		}
		l.images[i].Role = v.text
	}
}

// bothImages makes one image of each role out of the file, the environment and the defaults.
func (l *loader) bothImages() {
	line := func(i int, key string) value {
		n := l.doc.lines[fmt.Sprintf("image[%d].%s", i, key)]
		if n == 0 {
			n = l.doc.lines[fmt.Sprintf("image[%d]", i)]
		}
		return value{place: place{l.c.File, n}, base: l.c.Root}
	}
	roles := map[string]string{}
	if text, ok := l.vars["HOWDAH_IMAGE_ROLES"]; ok {
		v, err := l.fromEnv(Key{Path: "image.role", Form: Table}, "HOWDAH_IMAGE_ROLES", text)
		switch {
		case text == "":
			l.errs = append(l.errs, emptyVariable("HOWDAH_IMAGE_ROLES"))
		case err != nil:
			l.fail(err)
		default:
			roles = v.table
			for name, role := range roles {
				if role != Web && role != Streaming {
					l.fail(v.fault("the role %q is neither %q nor %q", role, Web, Streaming))
				}
				if !slices.ContainsFunc(l.images, func(i Image) bool { return i.Name == name }) {
					l.fail(v.fault("no image is named %q", name))
				}
			}
		}
	}
	found := map[string]int{}
	for i := range l.images {
		image := &l.images[i]
		if image.Name == "" {
			l.fail(line(i, "name").fault("an image without a name"))
			continue
		}
		if role, ok := roles[image.Name]; ok {
			image.Role = role
		}
		if image.Role == "" {
			image.Role = Web
			if strings.Contains(image.Name+path.Base(filepath.ToSlash(image.Dockerfile.Name)), Streaming) {
				image.Role = Streaming
			}
		}
		if first, twice := found[image.Role]; twice {
			l.fail(line(i, "name").fault("a second %s image, %q", image.Role, image.Name).
				WithHint("%q is one already; a release is one web and one streaming image (role = ... tells them apart)", l.images[first].Name))
			continue
		}
		found[image.Role] = i
	}
	if len(l.images) == 1 && len(l.errs) == 0 {
		missing := Web
		if l.images[0].Role == Web {
			missing = Streaming
		}
		l.fail(line(0, "name").fault("no %s image", missing).WithHint("a release is one web and one streaming image: add the other, or take out [[image]] for the defaults"))
	}
	l.c.Web, l.c.Streaming = l.image(Web, found, line), l.image(Streaming, found, line)
	if l.c.Web.Name == l.c.Streaming.Name && len(l.errs) == 0 {
		f, n := l.c.At("image." + Streaming + ".name")
		l.fail(fault.New(fault.Usage, "both images have the name %q, and so the same repository", l.c.Web.Name).At(f, n))
	}
}

// image is one role's image.
func (l *loader) image(role string, found map[string]int, line func(int, string) value) Image {
	image := imageDefaults[role]
	name, dockerfile := value{place: place{file: l.c.File}}, value{place: place{file: l.c.File}, base: l.c.Root}
	if i, ok := found[role]; ok {
		name, dockerfile = line(i, "name"), line(i, "dockerfile")
		image.Name = l.images[i].Name
		if given := l.images[i].Dockerfile; given.Name != "" {
			image.Dockerfile = given
		}
	}
	override := func(key string, v *value, to *string) {
		variable := "HOWDAH_IMAGE_" + strings.ToUpper(role) + "_" + key
		text, ok := l.vars[variable]
		if !ok {
			return
		}
		if text == "" {
			l.errs = append(l.errs, emptyVariable(variable))
			return
		}
		*to, *v = text, value{place: place{file: variable}, base: l.work, text: text, key: Key{Path: "image"}}
		if err := control(*v); err != nil {
			l.fail(err)
		}
	}
	override("NAME", &name, &image.Name)
	override("DOCKERFILE", &dockerfile, &image.Dockerfile.Name)
	l.c.places["image."+role+".name"] = name.place
	l.c.places["image."+role+".dockerfile"] = dockerfile.place
	for part := range strings.SplitSeq(image.Name, "/") {
		if !pathPart.MatchString(part) {
			l.fail(name.fault("%q cannot be an image's name", image.Name).WithHint("small letters, digits and single separators"))
			break
		}
	}
	dockerfile.text = image.Dockerfile.Name
	image.Dockerfile = l.dockerfile(dockerfile, role)
	return image
}

// dockerfile is where a Dockerfile is. The default one may be missing with its whole folder: then it is the tool's own.
func (l *loader) dockerfile(v value, role string) Path {
	p := l.path(v)
	if s, err := os.Stat(p.Abs); err == nil && s.Mode().IsRegular() {
		return p
	}
	own := imageDefaults[role].Dockerfile.Name
	if _, err := os.Stat(filepath.Dir(p.Abs)); err != nil && p.Abs == filepath.Join(l.c.Root, filepath.FromSlash(own)) {
		return Path{Name: path.Base(own)}
	}
	l.fail(v.fault("no Dockerfile %q", v.text).WithHint("without a folder docker/ the tool's own are used"))
	return p
}
