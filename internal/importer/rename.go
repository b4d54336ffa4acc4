package importer

import (
	"path"
	"strings"

	"github.com/howdah/howdah/internal/series"
)

// Prefixed returns word-name, cut to the length that a change's name may have; name alone if word is "".
func Prefixed(word, name string) string {
	if word == "" || name == "" {
		return name
	}
	name = word + "-" + name
	return strings.Trim(name[:min(series.MaxName, len(name))], "-")
}

// Prefix puts a word before the names of all changes. Names that become equal get a number.
func (i *Import) Prefix(word string) {
	for _, c := range i.Changes {
		i.Rename(c, i.FreeName(Prefixed(word, c.Name)))
	}
}

// Rename gives a change of the import another name, and renames its files.
func (i *Import) Rename(c *series.Change, name string) {
	move := func(from, to string) {
		if data, ok := i.Files[from]; ok {
			delete(i.Files, from)
			i.Files[to] = data
		}
	}
	for n := range i.Lines {
		if i.Lines[n].Change == c.Name {
			i.Lines[n].Change = name
		}
	}
	switch {
	case c.Patch != nil:
		move(c.Patch.Name, name+".patch")
		c.Patch.Name = name + ".patch"
	case c.Overlay != nil && c.Overlay.Local != nil:
		for file := range c.Overlay.Local {
			move(path.Join(series.OverlaysFolder, c.Overlay.Folder, file), path.Join(series.OverlaysFolder, name, file))
		}
		c.Overlay.Folder = name
	}
	c.Name = name
	c.Sum = c.Digest()
}
