package pipeline

import (
	"context"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// drift remarks on pull requests that moved since they were pinned. The pin is never followed; a server that does not
// answer leaves the remark out.
func (p *Pipeline) drift(ctx context.Context, r *resolved, result *patch.Result) {
	for i := range result.Outcomes {
		o := &result.Outcomes[i]
		if o.Change.Kind != patch.KindPull || o.Verdict == patch.Idle || o.Verdict == patch.Refused {
			continue
		}
		head, ok := p.pullHead(ctx, r, o.Change)
		if !ok || head == o.Change.Commit || slices.Contains(o.Remarks, patch.Drifted) {
			continue
		}
		o.Remarks = append(o.Remarks, patch.Drifted)
		says := fmt.Sprintf("%s is at %s now, pinned at %s", o.Change.Pull, head.Short(), o.Change.Commit.Short())
		if head == "" {
			says = fmt.Sprintf("%s is gone, pinned at %s", o.Change.Pull, o.Change.Commit.Short())
		}
		if o.Message != "" {
			says = o.Message + "; " + says
		}
		o.Message = says
	}
}

// pullHead asks where a pull request is now; ok is false where that cannot be known.
func (p *Pipeline) pullHead(ctx context.Context, r *resolved, c *patch.Change) (tree.ID, bool) {
	ref, err := upstream.ParsePull(c.Pull)
	if err != nil || ref.Number == "" || set(r.choice.Offline) {
		return "", false
	}
	head, err := r.mirror.PullHead(ctx, ref)
	if err != nil {
		p.term.Warnf("asking where %s is: %v", c.Pull, err)
		return "", false
	}
	return head, true
}
