package candidate

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/verdict"
)

// TestNoteUnread: the message says that commits were left out where they could alter the verdict, and nowhere else.
func TestNoteUnread(t *testing.T) {
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
		o := &verdict.Outcome{Verdict: c.kind, Message: "it fails"}
		noteUnread(o, c.landing)
		if !strings.HasPrefix(o.Message, "it fails") || !strings.Contains(o.Message, c.says) ||
			c.says == "" && o.Message != "it fails" {
			t.Errorf("%s, %+v: the message is %q, expected %q in it", c.kind, c.landing, o.Message, c.says)
		}
	}
}
