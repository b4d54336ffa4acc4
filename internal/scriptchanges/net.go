package scriptchanges

import (
	"path"
	"strings"

	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/series"
)

// maxGroup is how many changes the commands under one comment become before they are made one patch: each time that a
// file is edited, moved and written in turn, the next change begins.
const maxGroup = 3

// net is what the commands under one comment did all together.
type net struct {
	from   int // the import's changes before the group
	order  []string
	before map[string]*scriptfiles.File
	after  map[string]*scriptfiles.File
	owned  bool // some of it is a patch that its owner wrote
}

func (n *net) add(e *Effect) {
	n.owned = n.owned || e.Kind == Patched && e.Name != ""
	for _, w := range e.Files {
		if n.before == nil {
			n.before, n.after = map[string]*scriptfiles.File{}, map[string]*scriptfiles.File{}
		}
		if _, known := n.after[w.Name]; !known {
			n.order = append(n.order, w.Name)
			n.before[w.Name] = w.Before
		}
		n.after[w.Name] = w.After
	}
}

// finish ends a group. Where it became many changes, it becomes one patch of what it did all together.
func (c *collector) finish() {
	c.close()
	n := c.net
	c.net = net{from: len(c.out.Changes)}
	if len(c.out.Changes)-n.from <= maxGroup || n.owned {
		return
	}
	var all []Written
	for _, name := range n.order {
		if !Same(n.before[name], n.after[name]) {
			all = append(all, Written{name, n.before[name], n.after[name]})
		}
	}
	files, rest := renamed(all)
	for _, w := range rest {
		if f := Between(w); f != nil {
			files = append(files, f)
		}
	}
	for _, change := range c.out.Changes[n.from:] {
		for name := range c.out.Files {
			if name == change.Name+".patch" ||
				strings.HasPrefix(name, path.Join(series.OverlaysFolder, change.Name)+"/") {
				delete(c.out.Files, name)
			}
		}
	}
	c.out.Changes = c.out.Changes[:n.from]
	if len(files) > 0 {
		name, why := c.TitleOf(c.group)
		c.out.AddDiff(c.out.FreeName(name), why, "", files)
	}
	c.net.from = len(c.out.Changes)
}
