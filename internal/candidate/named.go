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
	s.past.brought, s.past.lacking = false, nil
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
	if p.brought {
		return nil
	}
	absent, err := p.mirror.Repo.Absent(ctx, p.named)
	if err != nil {
		return err
	}
	p.brought, p.lacking = true, nil
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

// stored reports whether a content is in the mirror. What patches name is looked for together.
func (p *pastContents) stored(ctx context.Context, id tree.ID) (bool, error) {
	repo := p.mirror.Repo
	if p.lacking == nil {
		p.fetched = repo.Fetched()
		lacking, err := repo.NotStored(ctx, p.named)
		if err != nil {
			return false, err
		}
		p.lacking = map[tree.ID]bool{}
		for _, id := range p.named {
			p.lacking[id] = lacking[id]
		}
	}
	switch lacks, asked := p.lacking[id]; {
	case asked && !lacks:
		return true, nil
	case asked && repo.Fetched() == p.fetched:
		return false, nil
	}
	return repo.Stored(ctx, id)
}
