package verdict_test

import (
	"testing"

	"github.com/howdah/howdah/internal/verdict"
)

// TestFinding shows which rules hold for a change, by one letter each.
func TestFinding(t *testing.T) {
	without, away := []verdict.Remark{verdict.Without}, []verdict.Remark{verdict.Unreachable}
	for _, c := range []struct {
		name string
		f    verdict.Finding
		want string // F fails, S stops, L is left out, strict (!), W warns, A asks
	}{
		{"applies", verdict.Finding{Verdict: verdict.Clean, Required: true}, ""},
		{"followed a rename", verdict.Finding{Verdict: verdict.Merged, Required: true,
			Remarks: []verdict.Remark{verdict.Moved}}, "!WA"},
		{"followed a rename, optional", verdict.Finding{Verdict: verdict.Merged,
			Remarks: []verdict.Remark{verdict.Moved}}, "WA"},
		{"landed", verdict.Finding{Verdict: verdict.Landed, Required: true}, "!A"},
		{"a proof has landed", verdict.Finding{Verdict: verdict.Landed, Required: true, Proof: true}, ""},
		{"partly", verdict.Finding{Verdict: verdict.Partly, Required: true}, "!WA"},
		{"conflict", verdict.Finding{Verdict: verdict.Conflict, Required: true}, "FS"},
		{"conflict, optional", verdict.Finding{Verdict: verdict.Conflict}, "FL"},
		{"refused, optional", verdict.Finding{Verdict: verdict.Refused}, "FS"},
		{"idle", verdict.Finding{Verdict: verdict.Idle, Would: verdict.Clean, Required: true}, ""},
		{"idle, would fail", verdict.Finding{Verdict: verdict.Idle, Would: verdict.Gone, Required: true}, "WA"},
		{"left out", verdict.Finding{Verdict: verdict.Idle, Required: true, Remarks: without}, "L!"},
		{"unreachable", verdict.Finding{Verdict: verdict.Idle, Required: true, Remarks: away}, "FS!WA"},
		{"unreachable, optional", verdict.Finding{Verdict: verdict.Idle, Remarks: away}, "FLWA"},
	} {
		got := ""
		for _, rule := range []struct {
			letter string
			holds  bool
		}{{"F", c.f.Fails()}, {"S", c.f.Stops()}, {"L", c.f.LeftOut()}, {"!", c.f.Strict()}, {"W", c.f.Warns()},
			{"A", c.f.Asks()}} {
			if rule.holds {
				got += rule.letter
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
