package candidate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
	"github.com/howdah/howdah/internal/verdict"
	"github.com/howdah/howdah/internal/view"
)

// driftTime limits the time for all questions about pull requests in one run: the answers only add remarks.
const driftTime = 30 * time.Second

// drift returns the result with a remark on each pull request that was updated, merged or closed since it was pinned,
// and what became of these. It never changes a pin. If the server does not answer, there is no remark.
func (u Upstream) drift(ctx context.Context, s *session.Session,
	r *verdict.Result) (*verdict.Result, map[*series.Change]*view.Drift) {
	if !u.Options.Drift || u.Options.Offline {
		return r, nil
	}
	ctx, cancel := context.WithTimeout(ctx, driftTime)
	defer cancel()
	out := *r
	out.Outcomes = slices.Clone(r.Outcomes)
	var pulls []*verdict.Outcome
	for i := range out.Outcomes {
		o := &out.Outcomes[i]
		if o.Change.Kind == series.KindPull && strings.Contains(o.Change.Pull, "#") && o.Verdict != verdict.Idle &&
			o.Verdict != verdict.Refused {
			pulls = append(pulls, o)
		}
	}
	states := pullStates(ctx, github.PullsOf(s.Getenv), pulls)
	drifts := map[*series.Change]*view.Drift{}
	for _, o := range pulls {
		d := u.drifted(ctx, o, states[o.Change.Pull])
		if d == nil {
			continue
		}
		if !slices.Contains(o.Remarks, verdict.Drifted) {
			o.Remarks = append(slices.Clone(o.Remarks), verdict.Drifted)
		}
		drifts[o.Change] = d
	}
	return &out, drifts
}

// pullStates asks GitHub about all pull requests at once. If GitHub does not answer, the result is empty.
func pullStates(ctx context.Context, hub *github.Pulls, pulls []*verdict.Outcome) map[string]github.PullState {
	var mu sync.Mutex
	var wait goroutine.All
	states := map[string]github.PullState{}
	for _, o := range pulls {
		wait.Go(func() {
			ref, err := pullref.Parse(o.Change.Pull)
			if err != nil {
				return
			}
			if state, err := hub.State(ctx, ref); err == nil {
				mu.Lock()
				states[o.Change.Pull] = state
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	return states
}

// drifted returns what became of one pull request; nil if it is as it was pinned.
func (u Upstream) drifted(ctx context.Context, o *verdict.Outcome, state github.PullState) *view.Drift {
	ref, err := pullref.Parse(o.Change.Pull)
	if err != nil {
		return nil
	}
	head, err := u.Mirror.PullHead(ctx, ref)
	gone := err == nil && head == "" && state.Head == ""
	if head == "" {
		head = state.Head
	}
	merged := state.Merged
	if merged == "" {
		merged = u.mergedBy(ctx, ref, o.Change.Commit)
	}
	d := &view.Drift{Pull: o.Change.Pull, Pinned: string(o.Change.Commit), Head: string(head), Merged: string(merged)}
	switch {
	case merged != "":
		d.State, d.Message = "merged", fmt.Sprintf("%s was merged as %s", o.Change.Pull, merged.Short())
		if o.Verdict != verdict.Landed && u.Mirror.Owns(ref) {
			d.Message += ", in another form than the pinned one"
		}
	case state.Closed:
		d.State, d.Message = "closed", o.Change.Pull+" was closed without being merged"
	case gone:
		d.State, d.Message = "gone", o.Change.Pull+" is gone"
	case head != "" && head != o.Change.Commit:
		d.State, d.Message = "moved", fmt.Sprintf("%s is at %s now", o.Change.Pull, head.Short())
	default:
		return nil
	}
	d.Message += ", pinned at " + o.Change.Commit.Short()
	d.RangeDiff = u.driftDiff(ctx, ref, o.Change.Commit, head, merged)
	return d
}

// mergedBy returns the commit in upstream's history that merged a pull request; "" if there is none.
func (u Upstream) mergedBy(ctx context.Context, ref pullref.Ref, pinned tree.ID) tree.ID {
	if !u.Mirror.Owns(ref) {
		return ""
	}
	base, err := u.Mirror.Repo.MergeBase(ctx, u.Pin.Commit, pinned)
	if err != nil || base == "" {
		return ""
	}
	out, err := u.Mirror.Repo.Run(ctx, "log", "--first-parent", "--format=%H %s", string(base)+".."+string(u.Pin.Commit))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(out)) {
		id, subject, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n := mainline.PullOf(subject); n > 0 && fmt.Sprint(n) == ref.Number {
			return tree.ID(id)
		}
	}
	return ""
}

// driftDiff returns the range-diff from the pinned commits to what was merged, or to the pull request's present
// commits; "" if they are equal or cannot be read.
func (u Upstream) driftDiff(ctx context.Context, ref pullref.Ref, pinned, head, merged tree.ID) string {
	before, err := u.Mirror.Pull(ctx, ref, pinned, u.Pin.Commit)
	if err != nil {
		return ""
	}
	var after upstream.Pull
	known := false
	if merged != "" {
		known, _ = u.Mirror.Repo.Has(ctx, merged)
	}
	switch {
	case known:
		after, err = u.Mirror.MergedAs(ctx, merged)
	case head == "" || head == pinned:
		return ""
	default:
		after, err = u.Mirror.Pull(ctx, ref, head, u.Pin.Commit)
	}
	if err != nil {
		return ""
	}
	diff, err := u.Mirror.RangeDiff(ctx, ref, before, after)
	if err != nil {
		return ""
	}
	return string(diff)
}
