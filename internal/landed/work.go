package landed

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Work is the effect of a change that is searched in upstream.
type Work struct {
	Sum   string       // of the change
	Since tree.ID      // upstream does not contain it at this commit; "": search all of history
	Files []*diff.File // the whole change as one diff
	Base  tree.ID      // upstream's commit that the change was made for; "": not known
	proof tree.ID      // the upstream commit that is said to contain it; Files are then the effect of that commit

	paired []*diff.File // Files with renames detected; nil if there are none
}

// WorkOf returns each change's diff: a patch's own, a pull request's from its merge base, an edit's and an overlay's
// from the lock's commit. It leaves out changes without a known diff; that they have landed shows only when they
// change nothing. It uses Commit, Sources and Lock of the inputs.
func WorkOf(ctx context.Context, u mainline.Upstream, whole *series.Series, in apply.Inputs) ([]Work, error) {
	var out []Work
	accepted, err := changesAtLock(ctx, whole, in)
	if err != nil {
		return nil, err
	}
	since, err := patchesSince(ctx, u, whole, in.Commit)
	if err != nil {
		return nil, err
	}
	var effects []effect
	for _, c := range whole.Changes {
		if c.Refused != nil {
			continue
		}
		e := effect{change: c, work: Work{Sum: c.Sum}}
		switch c.Kind {
		case series.KindPatch:
			e.work.Files, e.work.Since = c.Patch.Files, since[c]
		case series.KindPull:
			err = e.ofPull(ctx, u, in)
		case series.KindLanded:
			err = e.ofProof(ctx, u)
		default:
			if m, ok := accepted[c]; ok {
				e.work.Since, e.work.Base = m.at, m.at
				err = e.between(ctx, m.before, m.after)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("reading what %q changes: %w", c.Name, err)
		}
		effects = append(effects, e)
	}
	bringAll(ctx, u, effects)
	for _, e := range effects {
		if err := e.read(ctx); err != nil {
			return nil, fmt.Errorf("reading what %q changes: %w", e.change.Name, err)
		}
		if len(e.work.Files) > 0 {
			out = append(out, e.work)
		}
	}
	return out, nil
}

// acceptedChange is what a change did when it was last accepted.
type acceptedChange struct {
	at            tree.ID // upstream's commit
	before, after *tree.Tree
}

// changesAtLock replays the series where it was last accepted, and returns what each edit and overlay did there.
func changesAtLock(
	ctx context.Context, whole *series.Series, in apply.Inputs,
) (map[*series.Change]acceptedChange, error) {
	out := map[*series.Change]acceptedChange{}
	if in.Lock == nil {
		return out, nil
	}
	wanted := map[tree.ID][]*series.Change{}
	for _, c := range whole.Changes {
		if c.Kind != series.KindEdit && c.Kind != series.KindOverlay || c.Refused != nil {
			continue
		}
		for _, l := range in.Lock.Changes {
			if l.Name == c.Name && l.Sum == c.Sum {
				wanted[cmp.Or(l.Commit, in.Lock.Commit)] = append(wanted[cmp.Or(l.Commit, in.Lock.Commit)], c)
			}
		}
	}
	for at, changes := range wanted {
		base, err := in.Sources.Commit(ctx, "", at)
		if errors.Is(err, fs.ErrNotExist) {
			continue // upstream was rewound to before it
		}
		if err != nil {
			return nil, fmt.Errorf("reading the commit of series.lock: %w", err)
		}
		r, err := apply.Apply(ctx, whole, apply.Inputs{Base: base, Commit: at, Sources: in.Sources, Lock: in.Lock})
		if err != nil {
			return nil, fmt.Errorf("replaying the series at series.lock: %w", err)
		}
		for _, o := range r.Outcomes {
			if o.Verdict.Applies() && slices.Contains(changes, o.Change) {
				out[o.Change] = acceptedChange{at, o.Before, o.After}
			}
		}
	}
	return out, nil
}

// patchAge is how long before its own date a patch may have been started.
const patchAge = 60 * 24 * time.Hour

// patchesSince returns, for each patch with a date (one from a mail), an upstream commit that is older.
func patchesSince(ctx context.Context, u mainline.Upstream, whole *series.Series,
	to tree.ID) (map[*series.Change]tree.ID, error) {
	var dated []*series.Change
	var begun []time.Time
	for _, c := range whole.Changes {
		if c.Refused != nil || c.Kind != series.KindPatch {
			continue
		}
		if at, ok := mailDate(c.Patch.Data); ok {
			dated, begun = append(dated, c), append(begun, at.Add(-patchAge))
		}
	}
	ids, err := u.SinceEach(ctx, to, begun)
	if err != nil {
		return nil, err
	}
	out := map[*series.Change]tree.ID{}
	for i, c := range dated {
		out[c] = ids[i]
	}
	return out, nil
}

// mailDate reads the header Date of a patch that git format-patch wrote.
func mailDate(data []byte) (time.Time, bool) {
	header, _, _ := bytes.Cut(data, []byte("\n\n"))
	for line := range strings.Lines(string(header)) {
		if value, ok := strings.CutPrefix(line, "Date: "); ok {
			at, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", strings.TrimSpace(value))
			return at, err == nil
		}
	}
	return time.Time{}, false
}
