package serieswriter

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/transaction"
)

// put writes files of the distribution, all or nothing, and prints which ones: of an overlay with many files its
// folder. A dry run only prints them.
func (e *Writer) put(changes []transaction.Change) error {
	wrote, removed := "wrote %s", "removed %s"
	if e.dry {
		wrote, removed = "would write %s", "would remove %s"
	} else if err := e.s.Writer().Put(e.s.Target.Name, changes); err != nil {
		return err
	}
	lines, folders, files := make([]string, len(changes)), make([]string, len(changes)), map[string]int{}
	for i, c := range changes {
		shown, said := c.Path, wrote
		if rel, err := filepath.Rel(e.s.Config.Root, c.Path); err == nil {
			shown = rel
		}
		if c.Data == nil {
			said = removed
		}
		lines[i] = fmt.Sprintf(said, shown)
		if overlay := overlayOf(shown); overlay != "" {
			folders[i] = fmt.Sprintf(said, overlay)
			files[folders[i]]++
		}
	}
	for i, line := range lines {
		switch n, counts := files[folders[i]]; {
		case n >= manyFiles:
			e.s.Term.Sayf("%s (%s)", folders[i], plural.Of(n, "file"))
			delete(files, folders[i]) // its other files are in this line
		case counts || folders[i] == "":
			e.s.Term.Sayf("%s", line)
		}
	}
	return nil
}

// manyFiles of an overlay get one line together.
const manyFiles = 20

// overlayOf returns the folder of the overlay that a file belongs to, with a slash at the end; "" for any other file.
func overlayOf(name string) string {
	before, rest, found := strings.Cut(filepath.ToSlash(name), "/"+series.OverlaysFolder+"/")
	overlay, _, inside := strings.Cut(rest, "/")
	if !found || !inside {
		return ""
	}
	return before + "/" + series.OverlaysFolder + "/" + overlay + "/"
}
