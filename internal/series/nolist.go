package series

import (
	"io/fs"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// lacksList reports whether a folder without a list of changes looks as if it had one before, and records that as an
// error: its list has another name, or it holds overlays, which only a list can name. What such a list says would be
// left out without a word.
func (l *loader) lacksList(entries []fs.DirEntry) bool {
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		if !e.IsDir() && (name == seriesFile || strings.HasPrefix(name, seriesFile+".") || name == seriesFile+"~") {
			l.fail(e.Name(), 0, "the list of changes is called %s, and is not here", seriesFile).
				Hint = fault.Hintf("give this file that name, or remove it if the folder's patches are all that you want")
			return true
		}
	}
	overlays, err := fs.ReadDir(l.folder.FS, OverlaysFolder)
	if err != nil {
		return false
	}
	for _, e := range overlays {
		if e.IsDir() {
			name := path.Join(OverlaysFolder, e.Name())
			l.fail(name, 0, "this overlay has no effect without %s, which is not here", seriesFile).
				Hint = fault.Hintf("bring it back: git checkout -- %s; or remove the overlay", l.at(seriesFile))
			return true
		}
	}
	return false
}

// Missing returns the names of the lock's changes that a series of bare patches lacks, where these are most of the
// lock's: then it is the list of changes that is gone. A series with a list says itself what it consists of.
func (s *Series) Missing(lock *Lock) (names []string) {
	if s.listed || lock == nil {
		return nil
	}
	there := map[string]bool{}
	for _, c := range s.Changes {
		there[c.Name] = true
	}
	for _, c := range lock.Changes {
		if !there[c.Name] {
			names = append(names, c.Name)
		}
	}
	if 2*len(names) <= len(lock.Changes) {
		return nil
	}
	return names
}
