package release

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// check returns an error for unknown gates, and for an override without a reason.
func (a Accept) check() error {
	gates := target.Gates()
	for _, g := range a.Gates {
		if !slices.Contains(gates, g) {
			return fault.New(fault.Usage, "there is no gate %q", g).WithHint("the gates are %s", strings.Join(gates, ", "))
		}
	}
	if len(a.Gates) > 0 && strings.TrimSpace(a.Reason) == "" {
		return fault.New(fault.Usage, "overriding %s needs a reason", strings.Join(a.Gates, ", ")).
			WithHint("-reason=TEXT is kept in the record")
	}
	return nil
}

// Passes reports whether a person overrides a gate.
func (a Accept) Passes(gate string) bool { return slices.Contains(a.Gates, gate) }

type refusal struct {
	gate, what string
	hint       fault.Hint
}

// judge asks the gates that need no registry. Known is what was released before.
func judge(ctx context.Context, k *Known, c Proposal, ancestor ancestorTest) ([]refusal, error) {
	v, newest := c.Stamp.Version, k.Newest
	var out []refusal
	if c.Unsafe != "" {
		out = append(out, refusal{target.GateUnsafe, c.Unsafe,
			fault.Hintf("a change says what it may touch with allow = [...]")})
	}
	if what, stay := k.newLine(c); what != "" {
		out = append(out, refusal{target.GateLine, what,
			fault.Hintf("to go on with %s: %s, and commit VERSION; to stay on %s: set [upstream] ref to %q",
				v.Line(), target.VersionAccept.Command(), stay, "stable-"+stay)})
	}
	if newest == nil {
		return out, nil
	}
	if floor, which := k.floor(c); v.Compare(floor) < 0 {
		out = append(out, refusal{target.GateOlder, fmt.Sprintf("%s is older than %s, which was %s", v, floor, which),
			fault.Hintf("Mastodon cannot be downgraded once its database was migrated")})
	}
	if missing := stamp.Lacking(c.Migrations, newest.Database); len(missing) > 0 {
		out = append(out, refusal{target.GateSchema,
			migrations(len(missing), "that a release had", "in this one") + listed(missing),
			fault.Hintf("this code may not work with a database that ran them")})
	}
	if ancestor != nil && newest.Upstream.Commit != c.Upstream.Commit {
		ok, err := ancestor(ctx, newest.Upstream.Commit, c.Upstream.Commit)
		if err != nil {
			return nil, fmt.Errorf("comparing with the newest release: %w", err)
		}
		if !ok {
			r := refusal{target.GateRewind, fmt.Sprintf("%.9s does not descend from %.9s, which %s released", c.Upstream.Commit,
				newest.Upstream.Commit, newest.Tag),
				fault.Hintf("upstream's branch was rewound, or another branch is followed now")}
			if v.NewerLine(newest.ParsedTag().Version) {
				r.hint = fault.Hintf("%s was made on another branch of upstream than %s: expected where a new line begins", v,
					newest.ParsedTag().Version)
			}
			if before, err := ancestor(ctx, c.Upstream.Commit, newest.Upstream.Commit); err == nil && before {
				r.what = fmt.Sprintf("%.9s comes before %.9s, which %s released", c.Upstream.Commit, newest.Upstream.Commit,
					newest.Tag)
				r.hint = fault.Hintf("upstream's branch was rewound, or an earlier commit was asked for; %s brings back an "+
					"earlier "+
					"release's own images", target.PublishRollback.Command("-reason=TEXT"))
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// newLine says why a proposal is of a line that nobody accepted, and which line to stay on; "" if it is not. A new
// distribution's VERSION is what main had, a prerelease of a line that may be above the one that is followed, as with
// v4.*. So a prerelease in VERSION does not accept what follows a final version of an earlier line, unless it is of the
// same line and no older prerelease.
func (k *Known) newLine(c Proposal) (what, stay string) {
	v := c.Stamp.Version
	if v.NewerLine(c.Accepted) {
		return fmt.Sprintf("upstream is at %s, a new line: VERSION holds %s", v, c.Accepted), c.Accepted.Line()
	}
	if k.Newest == nil || !c.Accepted.Prerelease() {
		return "", ""
	}
	newest := k.Newest.ParsedTag().Version
	alike := v.Prerelease() && newest.Prerelease() // main moves on from one to the next
	if !v.NewerLine(newest) || alike || c.Accepted.Line() == v.Line() && c.Accepted.Compare(v) >= 0 {
		return "", ""
	}
	return fmt.Sprintf("upstream is at %s, a new line after %s, which was released; VERSION holds %s", v, newest,
		c.Accepted), newest.Line()
}

// floor returns the version below which the gate older refuses, and whether it was released or accepted: the highest
// of both, or, if the proposal follows what the newest release followed, that release's, and what was accepted of the
// same line. So a person who follows an older branch than the one whose version was accepted, or went back to one and
// overrode the gate for it, is asked once at most. After a rollback the database may still be the highest version's.
func (k *Known) floor(c Proposal) (floor stamp.Version, which string) {
	newest, line := k.Newest.ParsedTag().Version, c.Stamp.Version.Line()
	follows := k.Newest.Kind == record.KindRelease &&
		(k.Newest.Upstream.Ref == c.Upstream.Ref || newest.Line() == line) // tags: v4.5.8, v4.5.9
	if floor = k.highest; follows {
		floor = newest
	}
	if c.Accepted.Compare(floor) > 0 && (!follows || c.Accepted.Line() == line) {
		return c.Accepted, "accepted"
	}
	return floor, "released"
}

// unread refuses a release after one whose record cannot be read, since nothing is known about its database.
func (k *Known) unread() []refusal {
	if len(k.unreadable) == 0 {
		return nil
	}
	hint := fault.Hintf("it is not known which migrations its database ran")
	if k.Newest != nil {
		hint = fault.Join(hint, fault.Hintf("%s goes back to the newest release that can be read", rollbackTo(k.Newest.Tag)))
	}
	return []refusal{{target.GateSchema, k.unreadable[0].Error(), hint}}
}

// migrations describes missing migrations.
func migrations(n int, which, where string) string {
	if n == 1 {
		return fmt.Sprintf("a migration %s is not %s: ", which, where)
	}
	return fmt.Sprintf("%d migrations %s are not %s: ", n, which, where)
}

// mostNamed is how many migrations one line names.
const mostNamed = 40

func listed(names []string) string {
	if len(names) > mostNamed {
		return strings.Join(names[:mostNamed], ", ") + fmt.Sprintf(" and %d more", len(names)-mostNamed)
	}
	return strings.Join(names, ", ")
}

// settle splits refusals into those that a person overrides, and the error about the others.
func (a Accept) settle(refusals []refusal) ([]record.Accepted, error) {
	var passed []record.Accepted
	var left []refusal
	for _, r := range refusals {
		if a.Passes(r.gate) {
			passed = append(passed, record.Accepted{Gate: r.gate, Reason: a.Reason, What: r.what})
		} else {
			left = append(left, r)
		}
	}
	if len(left) == 0 {
		return passed, nil
	}
	var names, what []string
	var hints []fault.Hint
	for _, r := range left {
		names = append(names, r.gate)
		what = append(what, "gate "+r.gate+" refuses: "+r.what)
		hints = append(hints, r.hint)
	}
	hints = append(hints, fault.Hintf("to override it once: -accept=%s -reason=TEXT", strings.Join(names, ",")))
	return passed, fault.New(fault.Gate, "%s", strings.Join(what, "; ")).WithHint("%s", fault.Join(hints...))
}
