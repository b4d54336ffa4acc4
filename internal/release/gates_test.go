package release

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

func version(t *testing.T, s string) stamp.Version {
	t.Helper()
	v, err := stamp.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestGates(t *testing.T) {
	const old, pin = "1111111111111111111111111111111111111111", "2222222222222222222222222222222222222222"
	for name, test := range map[string]struct {
		accepted, version string
		released, highest string   // of the newest release, and ever; "" is none
		refs              string   // of the newest release and of the candidate; "" is main for both
		kind              string   // of the newest release; "" is no rollback
		migrations        []string // of the candidate
		database          []string
		descends          bool
		want              string // the gates, in order
	}{
		"first":             {accepted: "4.6.0-alpha.7", version: "4.6.0-alpha.7"},
		"first, a new line": {accepted: "4.5.0", version: "4.6.0-alpha.7", want: "line"},
		"first, older":      {accepted: "4.6.0", version: "4.5.9"}, // with no record only line applies
		"same": {accepted: "4.6.0-alpha.7", version: "4.6.0-alpha.7", released: "4.6.0-alpha.7",
			descends: true},
		"newer prerelease": {accepted: "4.6.0-alpha.7", version: "4.6.0-alpha.10", released: "4.6.0-alpha.7",
			descends: true},
		"final": {accepted: "4.6.0-alpha.7", version: "4.6.0", released: "4.6.0-rc.1", descends: true},
		"older prerelease": {accepted: "4.6.0-alpha.7", version: "4.6.0-alpha.6", released: "4.6.0-alpha.7",
			descends: true, want: "older"},
		"older than the ever": {accepted: "4.6.0-alpha.7", version: "4.5.9", released: "4.6.0-alpha.1",
			highest: "4.6.0-alpha.7", refs: "main stable-4.5", descends: true, want: "older"},
		"between": {accepted: "4.7.0", version: "4.6.1", released: "4.5.8", highest: "4.7.0",
			refs:     "stable-4.5 stable-4.6",
			descends: true, want: "older"},
		// VERSION of a new distribution is main's: who follows something older from the first release on goes on.
		"a stable branch": {accepted: "4.6.0-alpha.7", version: "4.5.9", released: "4.5.8",
			refs: "stable-4.5 stable-4.5", descends: true},
		"the same version": {accepted: "4.6.0-alpha.7", version: "4.5.9", released: "4.5.9",
			refs: "stable-4.5 stable-4.5", descends: true},
		"one tag, the next": {accepted: "4.6.0-alpha.7", version: "4.5.9", released: "4.5.8",
			refs: "v4.5.8 v4.5.9", descends: true},
		"older than accepted": {accepted: "4.6.0", version: "4.6.0-rc.1", released: "4.6.0-alpha.7", descends: true,
			want: "older"},
		"accepted elsewhere": {accepted: "4.6.0", version: "4.5.9", released: "4.4.9", refs: "stable-4.4 stable-4.5",
			descends: true, want: "older"},
		"a stable branch back": {accepted: "4.6.0", version: "4.5.8", released: "4.5.9", refs: "stable-4.5 stable-4.5",
			descends: true, want: "older"},
		// Who went back to an older line, and overrode the gate for it, is asked once.
		"went back": {accepted: "4.6.0-alpha.7", version: "4.5.9", released: "4.5.8", highest: "4.6.0-alpha.7",
			refs: "stable-4.5 stable-4.5", descends: true},
		"went back by tags": {accepted: "4.6.0-alpha.7", version: "4.5.9", released: "4.5.8", highest: "4.6.0-alpha.7",
			refs: "v4.5.8 v4.5.9", descends: true},
		// A pattern of tags over several lines: main's prerelease accepts no final version of the next line.
		"the next line by tags": {accepted: "4.6.0-alpha.7", version: "4.6.0", released: "4.5.9", refs: "v4.* v4.*",
			descends: true, want: "line"},
		"the next line, later": {accepted: "4.8.0-alpha.1", version: "4.6.1", released: "4.5.9", refs: "v4.* v4.*",
			descends: true, want: "line"},
		"a candidate of the next line": {accepted: "4.6.0-alpha.7", version: "4.6.0-rc.1", released: "4.5.9",
			refs: "v4.* v4.*", descends: true, want: "line"},
		"a candidate, accepted": {accepted: "4.6.0-rc.1", version: "4.6.0-rc.1", released: "4.5.9", refs: "v4.* v4.*",
			descends: true},
		"main after a final version": {accepted: "4.7.0-alpha.1", version: "4.7.0-alpha.1", released: "4.6.0",
			descends: true},
		"the next major by tags": {accepted: "5.0.0-alpha.1", version: "5.0.0", released: "4.9.1", refs: "v* v*",
			descends: true, want: "line"},
		"the next line, accepted": {accepted: "4.6.0", version: "4.6.0", released: "4.5.9",
			refs: "v4.* v4.*", descends: true},
		"the next line, a patch after it was accepted": {accepted: "4.6.0", version: "4.6.1", released: "4.5.9",
			refs: "v4.* v4.*", descends: true},
		"the line after that": {accepted: "4.6.0", version: "4.7.0", released: "4.6.3", refs: "v4.* v4.*", descends: true,
			want: "line"},
		"the same line by tags": {accepted: "4.6.0-alpha.7", version: "4.5.9", released: "4.5.8", refs: "v4.* v4.*",
			descends: true},
		"main, accepted while it was released": {accepted: "4.7.0-alpha.1", version: "4.7.0-alpha.2",
			released: "4.6.0-alpha.7", descends: true},
		"main, final": {accepted: "4.6.0-alpha.7", version: "4.6.0", released: "4.6.0-alpha.7", descends: true},
		"rolled back": {accepted: "4.6.0", version: "4.6.0-alpha.6", released: "4.6.0-alpha.6", highest: "4.6.0-alpha.7",
			kind: record.KindRollback, descends: true, want: "older"},
		"new minor": {accepted: "4.6.0", version: "4.7.0-alpha.1", released: "4.6.0", descends: true,
			want: "line"},
		"new major":            {accepted: "4.6.0", version: "5.0.0", released: "4.6.0", descends: true, want: "line"},
		"4.10 is newer than 9": {accepted: "4.9.0", version: "4.10.0", released: "4.9.0", descends: true, want: "line"},
		"rewound":              {accepted: "4.6.0", version: "4.6.0", released: "4.6.0", want: "rewind"},
		"migration gone": {accepted: "4.6.0", version: "4.6.0", released: "4.6.0", descends: true,
			migrations: []string{"db/migrate/1_a.rb"}, database: []string{"db/migrate/1_a.rb", "db/post_migrate/2_b.rb"},
			want: "schema"},
		"migration new": {accepted: "4.6.0", version: "4.6.0", released: "4.6.0", descends: true,
			migrations: []string{"db/migrate/1_a.rb", "db/migrate/2_b.rb"}, database: []string{"db/migrate/1_a.rb"}},
		"all of them": {accepted: "4.6.0", version: "4.5.0", released: "4.6.0", database: []string{"db/migrate/1_a.rb"},
			want: "older schema rewind"},
	} {
		t.Run(name, func(t *testing.T) {
			k := &Known{}
			before, now, _ := strings.Cut(cmp.Or(test.refs, "main main"), " ")
			if test.released != "" {
				k.Newest = &record.Record{Tag: "20260430T164501Z-" + test.released + "-g111111111-1a2b3c4d",
					Kind:     cmp.Or(test.kind, record.KindRelease),
					Upstream: record.Upstream{Commit: old, Ref: before}, Database: test.database}
				k.highest = version(t, test.released)
				if test.highest != "" {
					k.highest = version(t, test.highest)
				}
			}
			c := Proposal{Stamp: stamp.Stamp{Version: version(t, test.version)}, Accepted: version(t, test.accepted),
				Migrations: test.migrations, Upstream: record.Upstream{Commit: pin, Ref: now}}
			refusals, err := judge(t.Context(), k, c, func(_ context.Context, a, b string) (bool, error) {
				switch a + b {
				case old + pin:
					return test.descends, nil
				case pin + old:
					return false, nil
				}
				t.Errorf("asked for %s and %s", a, b)
				return false, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range refusals {
				got = append(got, r.gate)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("refused by %q, want %q", got, test.want)
			}
			if test.want == "" {
				return
			}
			if _, err := (Accept{}).settle(refusals); fault.CodeOf(err) != fault.Gate ||
				!strings.Contains(fault.HintOf(err).String(), "-accept="+strings.Join(got, ",")) {
				t.Errorf("%v; hint %q", err, fault.HintOf(err).String())
			}
			passed, err := (Accept{Gates: got, Reason: "because"}).settle(refusals)
			if err != nil || len(passed) != len(got) || passed[0].Reason != "because" {
				t.Errorf("let pass: %+v, %v", passed, err)
			}
			if len(got) > 1 {
				if _, err := (Accept{Gates: got[:1], Reason: "because"}).settle(refusals); fault.CodeOf(err) != fault.Gate ||
					strings.Contains(err.Error(), "gate "+got[0]) {
					t.Errorf("with only %s let pass: %v", got[0], err)
				}
			}
		})
	}
}

func TestRefusalsSayEnough(t *testing.T) {
	k := &Known{Newest: &record.Record{Tag: "20260430T164501Z-4.6.0-g111111111-1a2b3c4d",
		Upstream: record.Upstream{Commit: "1"},
		Database: []string{"db/migrate/1_a.rb", "db/post_migrate/2_b.rb"}}, highest: version(t, "4.6.0")}
	c := Proposal{Stamp: stamp.Stamp{Version: version(t, "4.7.0-alpha.1")}, Accepted: version(t, "4.6.0"),
		Upstream: record.Upstream{Commit: "1"}}
	refusals, err := judge(t.Context(), k, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Accept{}.settle(refusals)
	for _, want := range []string{"4.7.0-alpha.1", "VERSION holds 4.6.0", "db/migrate/1_a.rb", "db/post_migrate/2_b.rb"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
	for _, want := range []string{"version:accept", "stable-4.6"} {
		if !strings.Contains(fault.HintOf(err).String(), want) {
			t.Errorf("%q is not in the hint %q", want, fault.HintOf(err).String())
		}
	}
}

// TestNewLineIsExpected checks that a line that begins on another branch is not called a rewound branch.
func TestNewLineIsExpected(t *testing.T) {
	for v, want := range map[string]string{"4.6.0": "expected where a new line begins", "4.5.9": "was rewound"} {
		k := &Known{Newest: &record.Record{Tag: "20260430T164501Z-4.5.8-g111111111-1a2b3c4d", Kind: record.KindRelease,
			Upstream: record.Upstream{Commit: "1", Ref: "v4.5.8"}}}
		c := Proposal{Stamp: stamp.Stamp{Version: version(t, v)}, Accepted: version(t, "4.6.0"),
			Upstream: record.Upstream{Commit: "2", Ref: "v" + v}}
		refusals, err := judge(t.Context(), k, c, func(context.Context, string, string) (bool, error) { return false, nil })
		if err != nil || len(refusals) != 1 || !strings.Contains(refusals[0].hint.String(), want) {
			t.Errorf("%s: %v, %v", v, refusals, err)
		}
	}
}

func TestAccept(t *testing.T) {
	for _, a := range []Accept{{Gates: []string{"odler"}, Reason: "x"}, {Gates: []string{"older"}},
		{Gates: []string{"older"}, Reason: "  "}} {
		if err := a.check(); fault.CodeOf(err) != fault.Usage {
			t.Errorf("%+v: %v", a, err)
		}
	}
}

// TestGatesOverReleases walks through what a distribution meets in a year.
func TestGatesOverReleases(t *testing.T) {
	t.Parallel()
	s := newSite(t, strict(t))
	commit := func(n int) string { return fmt.Sprintf("%09x%031x", n, 0) }
	s.upstream(commit(1), "4.6.0-alpha.7")
	s.must(Done)

	s.upstream(commit(2), "4.7.0-alpha.1")
	s.cand.Accepted = version(t, "4.6.0-alpha.7")
	if _, err := fails(t, s, Failed, fault.Gate); !strings.Contains(err.Error(), "gate line") {
		t.Error(err)
	}
	s.accept = Accept{Gates: []string{target.GateLine}, Reason: "we are brave"}
	res := s.must(Done)
	if len(res.Record.Accepted) != 1 || res.Record.Accepted[0].Reason != "we are brave" {
		t.Errorf("the record says %+v", res.Record.Accepted)
	}

	s.accept = Accept{}
	s.upstream(commit(3), "4.6.1")
	if _, err := fails(t, s, Failed, fault.Gate); !strings.Contains(err.Error(), "gate older") {
		t.Error(err)
	}

	s.upstream(commit(4), "4.7.0-alpha.1")
	s.cand.Migrations = s.cand.Migrations[:1]
	if _, err := fails(t, s, Failed, fault.Gate); !strings.Contains(err.Error(), "db/migrate/2_b.rb") {
		t.Error(err)
	}
	s.accept = Accept{Gates: []string{target.GateSchema}, Reason: "the database was restored"}
	if res := s.must(Done); len(res.Record.Database) != 1 {
		t.Errorf("the database is %v", res.Record.Database)
	}
}
