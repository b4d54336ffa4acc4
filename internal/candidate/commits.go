package candidate

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Email is the address of the author of the patched commits.
const Email = "howdah@localhost"

// commits builds a commit for each change that is in the tree, starting from the pin. The ids depend only on the
// inputs. It returns the objects, each once, and the last commit.
func (u Upstream) commits(ctx context.Context, name string, outcomes []verdict.Outcome) ([]tree.Object,
	tree.ID, error) {
	parent := u.Pin.Commit
	var chain []tree.Object
	have := map[tree.ID]bool{}
	for _, c := range outcomes {
		if !c.Verdict.Applies() {
			continue
		}
		objects, err := c.After.Objects(ctx)
		if err != nil {
			return nil, "", fmt.Errorf("committing %q: %w", c.Change.Name, err)
		}
		commit := tree.Commit{
			Tree: c.After.Root(), Parents: []tree.ID{parent}, Name: name, Email: Email, Date: u.Pin.Date.UTC(),
			Message: c.Change.Name + "\n\nsha256:" + c.Change.Sum,
		}.Object()
		for _, object := range append(objects, commit) {
			if !have[object.ID] {
				have[object.ID] = true
				chain = append(chain, object)
			}
		}
		parent = commit.ID
	}
	return chain, parent, nil
}

// Store writes the patched commits into the mirror. All of them are written, or none: so if the last one is there, it
// writes nothing, which saves seconds in a mirror without files.
func (c *Candidate) Store(ctx context.Context) error {
	if stored, err := c.Upstream.Mirror.Repo.Has(ctx, c.Commit); err == nil && stored {
		return nil
	}
	if err := c.Upstream.Mirror.Repo.Write(ctx, c.objects); err != nil {
		return fmt.Errorf("storing the patched commit: %w", err)
	}
	return nil
}

// StoreUpTo writes the commits of the changes that apply, up to the one at stop, which does not, into the mirror, and
// returns the last commit. A nil stop means all of them.
func (c *Candidate) StoreUpTo(ctx context.Context, name string, stop *verdict.Outcome) (tree.ID, error) {
	outcomes := c.Result.Outcomes
	for i := range outcomes {
		if &outcomes[i] == stop {
			outcomes = outcomes[:i]
			break
		}
	}
	objects, head, err := c.Upstream.commits(ctx, name, outcomes)
	if err != nil {
		return "", err
	}
	return head, c.Upstream.Mirror.Repo.Write(ctx, objects)
}
