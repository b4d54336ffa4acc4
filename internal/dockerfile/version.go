package dockerfile

import (
	"path"
	"regexp"
	"strings"

	"github.com/distribution/reference"

	"github.com/howdah/howdah/internal/filecommand"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
)

// exact matches the tag of an image that is a tag of Mastodon's repository too.
var exact = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+([.-][0-9A-Za-z.]+)?$`)

// version returns the tag of an image; "latest" where it names none, "" where Docker knows no image of that name.
func version(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	if tagged, ok := named.(reference.Tagged); ok {
		return tagged.Tag()
	}
	return "latest"
}

// copyImage leaves to a person what COPY takes from an image: files of a fork, of another version of Mastodon, or of
// something else.
func (d *docker) copyImage(c copied) {
	m := d.m
	switch {
	case filecommand.ForkedImage(m, c.at, "copies from", c.from):
	case filecommand.IsMastodon(c.from):
		for _, s := range c.SourcePaths {
			d.asVersion(c, c.from, s, c.to)
		}
	case d.isOnlyOfImage(c.to):
		m.Log.Nothing(c.at, true)
	default:
		m.Undecided(c.at, "overlay?: it copies from the image %s, which is not here", c.from)
	}
}

// otherVersion leaves to a person a file or folder that COPY takes from a stage of another version of Mastodon's image
// than the stage that it goes into, unless the stage that it comes from changed it. It reports whether it did.
func (d *docker) otherVersion(from *scriptfiles.World, c copied, p scriptfiles.Place) bool {
	image := d.done[d.find(c.from)].image
	if !filecommand.IsMastodon(image) || !filecommand.IsMastodon(d.image) || version(image) == version(d.image) ||
		p.Name == "" || c.to.Disk != scriptfiles.InTree {
		return false
	}
	for q := range from.Over {
		if _, inside := scriptfiles.Below(p.Name, q.Name); q == p || inside && q.Disk == p.Disk {
			return false // what that stage made of it is followed
		}
	}
	d.asVersion(c, image, p.Name, c.to)
	return true
}

// asVersion leaves to a person what one source of COPY brings of another version of Mastodon.
func (d *docker) asVersion(c copied, image, name string, to scriptfiles.Place) {
	m, shown := d.m, placeholder.Shown(strings.TrimPrefix(name, "/opt/mastodon/"))
	file := path.Base(shown)
	if c.folder {
		to.Name = path.Join(to.Name, file)
	}
	m.Doubt(c.at, to, shown+" as the image "+image+" has it")
	save := "save that version's file beside the Dockerfile as " + file
	if tag := version(image); exact.MatchString(tag) {
		save = "in a clone of Mastodon, git show " + tag + ":" + shown + " > " + file + " saves it"
	}
	if to.Disk != scriptfiles.InTree {
		m.Undecided(c.at, "overlay?: it copies %s as the image %s has it, which may differ from upstream's now", shown, image)
		return
	}
	m.Offer(c.at, importer.Next{Path: to.Name, File: file},
		"overlay?: it copies %s as the image %s has it, which may differ from upstream's now; %s", shown, image, save)
}
