package dockerfile

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
)

// ofImage returns the numbers of the stages of which the image consists: the last one and those that it begins with.
func (d *docker) ofImage(stages []instructions.Stage) map[int]bool {
	image := map[int]bool{}
	for n := len(stages) - 1; n >= 0; {
		image[n] = true
		base := d.expandArgs(stages[n].BaseName)
		n = slices.IndexFunc(stages[:n], func(s instructions.Stage) bool {
			return s.Name != "" && strings.EqualFold(s.Name, base)
		})
	}
	return image
}

// isOnlyOfImage reports whether a place of COPY is a file of the image and not of the tree.
func (d *docker) isOnlyOfImage(to scriptfiles.Place) bool { return d.m.Image && to.IsOfImage() }

// outside notes COPY of what is not followed to a place that is not in the tree.
func (d *docker) outside(at scriptchanges.Spot, to scriptfiles.Place) {
	d.m.Log.Nothing(at, d.isOnlyOfImage(to))
}

// usage is what stands in a line before a file that the command takes in order to use it on the tree: a patch that is
// applied, a script that runs.
const usage = `(?:\b(?:patch|apply|am|cp|mv|install|rsync|cat|tar|unzip|sh|bash|in)\b[^\n;&|]*[\s"'<=]|RUN\s+)`

// starting are the instructions that name what a container runs, or what is copied, not what the build does.
var starting = regexp.MustCompile(`(?im)^\s*(ENTRYPOINT|CMD|HEALTHCHECK|COPY|ADD)\b.*$`)

// isTakenFrom reports whether a later line uses what COPY puts there.
func (d *docker) isTakenFrom(c copied) bool {
	later := starting.ReplaceAllString(strings.Join(d.lines[min(c.at.Line, len(d.lines)):], "\n"), "")
	for _, source := range c.SourcePaths {
		name := path.Join("/", c.to.Name)
		if c.folder && path.Ext(source) != "" {
			name = path.Join(name, path.Base(source))
		}
		if regexp.MustCompile(usage + regexp.QuoteMeta(name) + `\b`).MatchString(later) {
			return true
		}
	}
	return false
}
