package pipeline

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// watchesPulls are the targets that ask what became of pull requests; the others do not show it.
var watchesPulls = map[string]bool{"patch:check": true, "patch:show": true, "release": true}

// driftTime bounds all questions about pull requests of one run: what they tell are remarks.
const driftTime = 30 * time.Second

// drift remarks on pull requests that moved, were merged or were closed since they were pinned. The pin is never
// followed; a server that does not answer leaves its remark out.
func (p *Pipeline) drift(ctx context.Context, r *resolved, result *patch.Result) {
	if !watchesPulls[p.target] || set(r.choice.Offline) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, driftTime)
	defer cancel()
	var pulls []*patch.Outcome
	for i := range result.Outcomes {
		o := &result.Outcomes[i]
		if o.Change.Kind == patch.KindPull && strings.Contains(o.Change.Pull, "#") && o.Verdict != patch.Idle && o.Verdict != patch.Refused {
			pulls = append(pulls, o)
		}
	}
	states := p.pullStates(ctx, pulls)
	for _, o := range pulls {
		d := p.drifted(ctx, r, o, states[o.Change.Pull])
		if d == nil {
			continue
		}
		if !slices.Contains(o.Remarks, patch.Drifted) {
			o.Remarks = append(o.Remarks, patch.Drifted)
		}
		if r.drifts == nil {
			r.drifts = map[*patch.Change]*report.Drift{}
		}
		r.drifts[o.Change] = d
	}
}

// pullStates asks GitHub about all pull requests at once. Of those that it does not tell of nothing is known.
func (p *Pipeline) pullStates(ctx context.Context, pulls []*patch.Outcome) map[string]upstream.State {
	hub := upstream.GitHubOf(os.Getenv)
	var mu sync.Mutex
	var wait sync.WaitGroup
	states := map[string]upstream.State{}
	for _, o := range pulls {
		wait.Go(func() {
			ref, err := upstream.ParsePull(o.Change.Pull)
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

// drifted tells what became of one pull request; nil where it is as it was pinned.
func (p *Pipeline) drifted(ctx context.Context, r *resolved, o *patch.Outcome, state upstream.State) *report.Drift {
	ref, err := upstream.ParsePull(o.Change.Pull)
	if err != nil {
		return nil
	}
	head, err := r.mirror.PullHead(ctx, ref)
	gone := err == nil && head == "" && state.Head == ""
	if head == "" {
		head = state.Head
	}
	merged := state.Merged
	if merged == "" {
		merged = p.mergedBy(ctx, r, ref, o.Change.Commit)
	}
	d := &report.Drift{Pull: o.Change.Pull, Pinned: string(o.Change.Commit), Head: string(head), Merged: string(merged)}
	switch {
	case merged != "":
		d.State, d.Message = "merged", fmt.Sprintf("%s was merged as %s", o.Change.Pull, merged.Short())
		if o.Verdict != patch.Landed && r.mirror.Owns(ref) {
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
	d.RangeDiff = p.driftDiff(ctx, r, ref, o.Change.Commit, head, merged)
	return d
}

// mergedBy finds in upstream's history the commit that merged one of its pull requests; "" where there is none.
func (p *Pipeline) mergedBy(ctx context.Context, r *resolved, ref upstream.PullRef, pinned tree.ID) tree.ID {
	if !r.mirror.Owns(ref) {
		return ""
	}
	base, err := r.mirror.Repo.MergeBase(ctx, r.pin.Commit, pinned)
	if err != nil || base == "" {
		return ""
	}
	out, err := r.mirror.Repo.Run(ctx, "log", "--first-parent", "--format=%H %s", string(base)+".."+string(r.pin.Commit))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(out)) {
		id, subject, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n := history.PullOf(subject); n > 0 && fmt.Sprint(n) == ref.Number {
			return tree.ID(id)
		}
	}
	return ""
}

// driftDiff is the range-diff from what is pinned to what was merged, or to where the pull request is now; empty where
// they are the same, or cannot be had.
func (p *Pipeline) driftDiff(ctx context.Context, r *resolved, ref upstream.PullRef, pinned, head, merged tree.ID) string {
	before, err := r.mirror.Pull(ctx, ref, pinned, r.pin.Commit)
	if err != nil {
		return ""
	}
	var after upstream.Pull
	known := false
	if merged != "" {
		known, _ = r.mirror.Repo.Has(ctx, merged)
	}
	switch {
	case known:
		after, err = r.mirror.MergedAs(ctx, merged)
	case head == "" || head == pinned:
		return ""
	default:
		after, err = r.mirror.Pull(ctx, ref, head, r.pin.Commit)
	}
	if err != nil {
		return ""
	}
	diff, err := r.mirror.RangeDiff(ctx, ref, before, after)
	if err != nil {
		return ""
	}
	return string(diff)
}
