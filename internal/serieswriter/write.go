package serieswriter

import (
	"path/filepath"

	"github.com/howdah/howdah/internal/transaction"
)

// put writes files of the distribution, all or nothing, and prints which ones. A dry run only prints them.
func (e *Writer) put(changes []transaction.Change) error {
	wrote, removed := "wrote %s", "removed %s"
	if e.dry {
		wrote, removed = "would write %s", "would remove %s"
	} else if err := e.s.Writer().Put(e.s.Target.Name, changes); err != nil {
		return err
	}
	for _, c := range changes {
		shown := c.Path
		if rel, err := filepath.Rel(e.s.Config.Root, c.Path); err == nil {
			shown = rel
		}
		said := wrote
		if c.Data == nil {
			said = removed
		}
		e.s.Term.Sayf(said, shown)
	}
	return nil
}
