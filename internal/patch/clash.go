package patch

import "context"

// clash tells a change that upstream broke from one that only an earlier change of the series is in the way of: alone
// it would apply, and the first change after which it does not is named.
func (r *run) clash(ctx context.Context, c *Change, o Outcome, sofar *Result) (Outcome, error) {
	alone, err := r.judge(ctx, c, r.in.Base)
	if err != nil || !alone.verdict.Applies() {
		return o, err
	}
	for _, before := range sofar.Outcomes {
		if before.After == before.Before {
			continue
		}
		j, err := r.judge(ctx, c, before.After)
		if err != nil {
			return o, err
		}
		if !j.verdict.Applies() {
			o.Clash = before.Change.Name
			o.Message += "; " + before.Change.Name + " is in the way, without it this would apply"
			return o, nil
		}
	}
	return o, nil
}
