package filecommand

import (
	"fmt"
	"path"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// target is the folder whose content a copied folder's content becomes. Shown is the folder as the script has it;
// into: the copy lies in to, under the folder's name.
func target(to scriptfiles.Place, shown string, into bool) scriptfiles.Place {
	if name := path.Base(shown); into && name != "." && name != ".." && name != "/" {
		to.Name = path.Join(to.Name, name)
	}
	return to
}

// PairsBelow pairs the files of a folder with their copies, but for those that are ignored (nil: none). What it holds
// that cannot be read is left to a person by name.
func PairsBelow(m *shell.Machine, at scriptchanges.Spot, from, to scriptfiles.Place, ignored func(string) bool) []Pair {
	copyOf := func(p scriptfiles.Place) scriptfiles.Place {
		rest, _ := scriptfiles.Below(from.Name, p.Name)
		if from.Name == "" {
			rest = p.Name
		}
		return scriptfiles.At(to.Disk, path.Join(to.Name, rest))
	}
	kept := func(p scriptfiles.Place) bool {
		return ignored == nil || p.Disk != scriptfiles.Beside || !ignored(p.Name)
	}
	unread := map[scriptfiles.Place]bool{}
	var names []string
	for _, u := range m.World.Unread(from) {
		unread[u.Place] = true
		if !kept(u.Place) {
			continue
		}
		m.Doubt(at, copyOf(u.Place), m.World.Shown(u.Place)+" is "+u.Why)
		names = append(names, fmt.Sprintf("%s (%s)", m.World.Shown(u.Place), u.Why))
	}
	if len(names) > 0 {
		m.Undecided(at, "overlay?: the import does not take %s", plural.Few(names))
	}
	var out []Pair
	for _, p := range m.World.Files(from) {
		if kept(p) && !unread[p] {
			out = append(out, Pair{p, copyOf(p)})
		}
	}
	return out
}

// What one command may copy: as much as a change may write, since the copies become an overlay.
const (
	mostCopied      = 10_000
	mostCopiedBytes = 64 << 20
)

// TooMuch reports whether more is copied from beside the script than a change may write. It leaves the command to a
// person then, and the copies are uncertain.
func TooMuch(m *shell.Machine, at scriptchanges.Spot, pairs []Pair) bool {
	n, size := 0, int64(0)
	for _, p := range pairs {
		if p.From.Disk == scriptfiles.Beside && p.To.Disk == scriptfiles.InTree {
			n, size = n+1, size+m.World.Length(p.From)
		}
	}
	why := ""
	switch {
	case n > mostCopied:
		why = fmt.Sprintf("it copies %d files, and a change may write %d", n, mostCopied)
	case size > mostCopiedBytes:
		why = fmt.Sprintf("it copies %d MiB, and a change may write %d", (size+1<<20-1)>>20, mostCopiedBytes>>20)
	default:
		return false
	}
	for _, p := range pairs {
		m.Doubt(at, p.To, why)
	}
	m.Undecided(at, "overlay?: %s", why)
	return true
}
