package builder

import (
	"context"

	"github.com/moby/buildkit/client"
)

// Forgetting runs build, and then removes from the embedded BuildKit's cache what was added meanwhile: the steps of a
// build that is not repeated take more disk than its result. What another run uses stays.
func (b *Builder) Forgetting(ctx context.Context, platform string, build func() error) error {
	n, err := b.Node(ctx, platform)
	if err != nil {
		return err
	}
	if n.Kind != "embedded" {
		return build()
	}
	records, err := n.Client.DiskUsage(ctx)
	if err != nil {
		return unreachable(n.Address, err)
	}
	before := map[string]bool{}
	for _, r := range records {
		before[r.ID] = true
	}
	if err := build(); err != nil {
		return err
	}
	if records, err = n.Client.DiskUsage(ctx); err != nil {
		return unreachable(n.Address, err)
	}
	var added []string
	for _, r := range records {
		if !before[r.ID] {
			added = append(added, "id=="+r.ID)
		}
	}
	if len(added) == 0 {
		return nil
	}
	if err := n.Client.Prune(ctx, nil, client.PruneAll, client.WithFilter(added)); err != nil {
		return unreachable(n.Address, err)
	}
	return nil
}
