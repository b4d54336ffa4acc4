package author

import (
	"path/filepath"

	"github.com/howdah/howdah/internal/transaction"
)

// write writes files of the distribution, all or nothing, and says which. A dry run only says so.
func (a *Author) write(changes []transaction.Change) error {
	said := "wrote %s"
	if a.dry {
		said = "would write %s"
	} else if err := a.s.Writer().Put(a.s.Target.Name, changes); err != nil {
		return err
	}
	for _, c := range changes {
		shown := c.Path
		if rel, err := filepath.Rel(a.s.Config.Root, c.Path); err == nil {
			shown = rel
		}
		a.s.Term.Sayf(said, shown)
	}
	return nil
}
