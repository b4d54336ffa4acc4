package config

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
)

// imageDefaults are used for what howdah.toml does not say.
var imageDefaults = map[string]Image{
	Web:       {Name: "mastodon", Role: Web, Dockerfile: Path{Name: "docker/web.Dockerfile"}},
	Streaming: {Name: "mastodon-streaming", Role: Streaming, Dockerfile: Path{Name: "docker/streaming.Dockerfile"}},
}

// imageKey sets one key of an [[image]].
func (l *loader) imageKey(leaf leaf, v value) {
	var i int
	fmt.Sscanf(leaf.path, "image[%d]", &i)
	if l.unfilled(v, v.text) {
		return
	}
	switch leaf.key {
	case "image.name":
		l.images[i].Name = v.text
	case "image.dockerfile":
		l.images[i].Dockerfile = Path{Name: v.text}
	case "image.role":
		if v.text != Web && v.text != Streaming {
			l.fail(v.fault("the role %q is neither %q nor %q", v.text, Web, Streaming).
				WithHint("use web, from which Sidekiq runs too, or streaming"))
		}
		l.images[i].Role = v.text
	}
}

// names lists the names of the file's images.
func (l *loader) names() string {
	var all []string
	for _, i := range l.images {
		all = append(all, strconv.Quote(i.Name))
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, ", ")
}

func otherRole(role string) string {
	if role == Web {
		return Streaming
	}
	return Web
}

// bothImages combines the file, the environment and the defaults into one image for each role.
func (l *loader) bothImages() {
	line := func(i int, key string) value {
		return value{place: place{l.c.File, l.doc.line(fmt.Sprintf("image[%d].%s", i, key))}, base: l.c.Root}
	}
	roles := map[string]string{}
	if text, ok := l.vars["HOWDAH_IMAGE_ROLES"]; ok {
		v, err := l.fromEnv(Key{Path: "image.role", Form: formTable}, "HOWDAH_IMAGE_ROLES", text)
		switch {
		case text == "":
			l.errs = append(l.errs, emptyVariable("HOWDAH_IMAGE_ROLES", false))
		case err != nil:
			l.fail(err)
		default:
			roles = v.table
			for name, role := range roles {
				if role != Web && role != Streaming {
					l.fail(v.fault("the role %q is neither %q nor %q", role, Web, Streaming).
						WithHint("use web, from which Sidekiq runs too, or streaming"))
				}
				if !slices.ContainsFunc(l.images, func(i Image) bool { return i.Name == name }) {
					l.fail(v.fault("no image is named %q", name).WithHint("use the name of an [[image]], found: %s", l.names()))
				}
			}
		}
	}
	found := map[string]int{}
	for i := range l.images {
		image := &l.images[i]
		if image.Name == "" {
			l.fail(line(i, "name").fault("this [[image]] has no name").WithHint("add a line such as name = %q", "mastodon"))
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
			l.fail(line(i, "name").fault("expected one %s image, found %q and %q", image.Role, l.images[first].Name,
				image.Name).WithHint(`a release has one web and one streaming image: write role = %q under one of them, or `+
				"remove one", otherRole(image.Role)))
			continue
		}
		found[image.Role] = i
	}
	if len(l.images) == 1 && len(l.errs) == 0 {
		one := l.images[0]
		l.fail(line(0, "name").fault("expected a web and a streaming image, found only %q, the %s image", one.Name,
			one.Role).WithHint("add an [[image]] with role = %q, or remove [[image]] to use the defaults", otherRole(one.Role)))
	}
	l.c.Web, l.c.Streaming = l.image(Web, found, line), l.image(Streaming, found, line)
	if l.c.Web.Name == l.c.Streaming.Name && len(l.errs) == 0 {
		f, n := l.c.at("image." + Streaming + ".name")
		l.fail(fault.New(fault.Usage, "both images have the name %q, and so the same repository", l.c.Web.Name).At(f, n).
			WithHint("give them different names"))
	}
}

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
			l.errs = append(l.errs, emptyVariable(variable, false))
			return
		}
		*to, *v = text, value{place: place{file: variable}, base: l.work, text: text, key: Key{Path: "image"}}
		if err := checkCharacters(*v); err != nil {
			l.fail(err)
		}
	}
	override("NAME", &name, &image.Name)
	override("DOCKERFILE", &dockerfile, &image.Dockerfile.Name)
	l.c.places["image."+role+".name"] = name.place
	l.c.places["image."+role+".dockerfile"] = dockerfile.place
	for part := range strings.SplitSeq(image.Name, "/") {
		if !address.IsPart(part) {
			l.fail(name.fault("%q cannot be an image's name", image.Name).
				WithHint("use small letters and digits, with single dots, dashes, underscores or slashes between them"))
			break
		}
	}
	dockerfile.text = image.Dockerfile.Name
	image.Dockerfile = l.dockerfile(dockerfile, role)
	return image
}

// dockerfile returns the path of a Dockerfile. If the default one does not exist, the tool's own is used.
func (l *loader) dockerfile(v value, role string) Path {
	p := l.path(v)
	if s, err := os.Stat(p.Abs); err == nil && s.Mode().IsRegular() {
		return p
	}
	own := imageDefaults[role].Dockerfile.Name
	if _, err := os.Lstat(filepath.Dir(p.Abs)); err != nil && p.Abs == filepath.Join(l.c.Root, filepath.FromSlash(own)) {
		return Path{Name: path.Base(own)}
	}
	l.fail(v.fault("found no Dockerfile %q", v.text).
		WithHint("create it, or correct the path; without a folder docker/, the tool's own Dockerfiles are used"))
	return p
}
