package pipeline

import (
	"path/filepath"

	"github.com/howdah/howdah/internal/transaction"
)

// write writes files of the distribution, all or nothing, and says which. With dry it only says so.
func (p *Pipeline) write(changes []transaction.Change, dry bool) error {
	said := "wrote %s"
	if dry {
		said = "would write %s"
	} else if err := p.session.Writer().Write(p.target, changes); err != nil {
		return err
	}
	for _, c := range changes {
		shown := c.Path
		if rel, err := filepath.Rel(p.cfg.Root, c.Path); err == nil {
			shown = rel
		}
		p.term.Sayf(said, shown)
	}
	return nil
}

// writeOne writes one file beside howdah.toml.
func (p *Pipeline) writeOne(name string, data []byte) error {
	return p.session.Writer().Write(p.target, []transaction.Change{{Path: p.cfg.In(name), Data: data}})
}
