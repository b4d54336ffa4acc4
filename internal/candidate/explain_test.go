package candidate

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/verdict"
)

// TestUnread: the message says that commits were left out where they could alter the verdict, and nowhere else.
func TestUnread(t *testing.T) {
	by := &verdict.Commit{}
	for _, c := range []struct {
		kind    verdict.Kind
		landing verdict.Landing
		says    string
	}{
		{verdict.Conflict, verdict.Landing{Unread: 3}, "it was not looked whether any of 3 commits of upstream took it in: "},
		{verdict.Gone, verdict.Landing{Unread: 1}, "any of 1 commit of upstream took it in: "},
		{verdict.Landed, verdict.Landing{By: by, Unread: 3}, "any of 3 commits of upstream took it back: "},
		{verdict.Landed, verdict.Landing{Unread: 3}, ""},
		{verdict.Clean, verdict.Landing{Unread: 3}, ""},
		{verdict.Conflict, verdict.Landing{}, ""},
	} {
		says := unread(verdict.Outcome{Verdict: c.kind, Message: "it fails"}, c.landing)
		if !strings.Contains(says, c.says) || c.says == "" && says != "" || says != "" && !strings.HasPrefix(says, "; ") {
			t.Errorf("%s, %+v: the message ends %q, expected %q in it", c.kind, c.landing, says, c.says)
		}
	}
}
