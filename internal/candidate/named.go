package candidate

import (
	"context"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// mostRefused is how many batches are halved: upstream refuses one when it lacks one of its contents.
const mostRefused = 4

// name notes the contents for which the patches of a series were made and that they name with all digits.
func (s *sources) name(of *series.Series) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range of.Changes {
		if c.Patch == nil {
			continue
		}
		for _, f := range c.Patch.Files {
			if id := tree.ID(f.OldID); id.Valid() && id != tree.NoBlob {
				s.past.named = append(s.past.named, id)
			}
		}
	}
}

// bringNamed fetches, once, the contents that patches name and that are not in the mirror, together: one at a time
// hundreds of them take minutes, and leave as many packs. A batch that upstream refuses is halved; what no batch brings
// is fetched by expand.
func (p *pastContents) bringNamed(ctx context.Context) error {
	absent, err := p.mirror.Repo.Absent(ctx, p.named)
	if err != nil {
		return err
	}
	p.named = nil
	refused := 0
	for batches := [][]tree.ID{absent}; len(batches) > 0; batches = batches[1:] {
		batch := batches[0]
		if len(batch) < 2 {
			continue
		}
		_, err := p.mirror.Repo.Sizes(ctx, batch)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && refused < mostRefused {
			refused++
			batches = append(batches, batch[:len(batch)/2], batch[len(batch)/2:])
		}
	}
	return nil
}
