package candidate

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/datafile"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/verdict"
)

// mostRead is how many files of a series are read as JSON or YAML: one takes about a millisecond.
const mostRead = 300

// unreadable returns, by change, the JSON and YAML files that cannot be read any more with it. Upstream's own may have
// what a parser refuses, such as comments, so only a file that can be read without the change counts.
func unreadable(ctx context.Context, r *verdict.Result) (map[*series.Change][]string, error) {
	out, left := map[*series.Change][]string{}, mostRead
	for _, o := range r.Outcomes {
		if !o.Verdict.Applies() || o.Before == nil || o.After == nil {
			continue
		}
		for _, name := range o.Files {
			if !datafile.Is(name) {
				continue
			}
			if left--; left < 0 {
				return out, nil
			}
			if err := datafile.Check(ctx, name, o.Before, o.After); ctx.Err() != nil {
				return nil, ctx.Err()
			} else if err != nil {
				out[o.Change] = append(out[o.Change], fmt.Sprintf("with it %s cannot be read any more: %v", name, err))
			}
		}
	}
	return out, nil
}

// warnUnreadable warns of each file that a change breaks.
func (c *Candidate) warnUnreadable(s *session.Session) {
	for _, o := range c.Result.Outcomes {
		for _, why := range c.unreadable[o.Change] {
			s.Term.Warnf("%s:%d: %s: %s", o.Change.File, o.Change.Line, o.Change.Name, why)
		}
	}
}
