package release

import (
	"context"
	"fmt"
)

// goBack publishes a rollback, with a hold set right before the first tag is written. The hold says that the rollback is
// under way, and in the end that it is done. After a failure the hold is what it was; once a tag has moved it stays.
func (s Store) goBack(ctx context.Context, p *Plan, hooks Hooks, reason string) (*Result, error) {
	was, set := p.Known.Hold, false
	hold := HoldState{On: true, Since: p.Tag.Time, Rollback: p.Tag.String(), Revision: was.Revision + 1,
		Reason: fmt.Sprintf("rolling back to %s: %s", p.Record.Of, reason)}
	hooks.tagging = func(ctx context.Context) error {
		if was.On && was.Rollback == hold.Rollback {
			return nil
		}
		set = true
		_, _, err := s.setHold(ctx, hold)
		return err
	}
	res, err := s.Publish(ctx, p, nil, hooks)
	switch {
	case res.State == Done:
		hold.Rollback, hold.Reason, hold.Revision = "", fmt.Sprintf("rolled back to %s: %s", p.Record.Of, reason), hold.Revision+1
		if _, _, herr := s.writeHold(context.WithoutCancel(ctx), hold); herr != nil {
			res.Warnings = append(res.Warnings, "the hold still says that the rollback is under way: "+herr.Error())
		}
	case res.State != Partial && set:
		if herr := s.restoreHold(ctx, was); herr != nil {
			res.Warnings = append(res.Warnings, herr.Error())
		}
	}
	return res, err
}
