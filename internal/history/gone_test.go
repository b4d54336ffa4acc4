package history_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/verdict"
)

// wandering is an upstream that moves files, some with edits, moves one again, and deletes others.
var wandering = `commit 1 Begin (#1)
commit 2 Move two, edit one (#2)
commit 3 Edit what was moved until nothing of it stays (#3)
commit 4 Move on (#4)
commit 5 Delete (#5)
` + "-- 1/edited.rb --\n" + wanderer("edited") + "-- 1/twice.rb --\n" + wanderer("twice") + "-- 1/deleted.rb --\n" +
	wanderer("deleted") + "-- 1/later.rb --\n" + wanderer("later") + `-- 2.rm --
edited.rb
twice.rb
later.rb
-- 2/lib/fresh.rb --
` + strings.Replace(wanderer("edited"), "edited 3", "altered", 1) + "-- 2/lib/twice.rb --\n" + wanderer("twice") +
	"-- 2/lib/later.rb --\n" + wanderer("later") + `-- 3/lib/fresh.rb --
quite another text
-- 4.rm --
lib/twice.rb
-- 4/app/again.rb --
` + wanderer("twice") + `-- 5.rm --
deleted.rb
lib/later.rb
`

// wanderer returns a file of twelve lines.
func wanderer(name string) string {
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, "%s %d\n", name, i)
	}
	return b.String()
}

// TestWent: each missing file is reported with the commit that moved or deleted it, and with its present path.
func TestWent(t *testing.T) {
	repo, ids := gittest.Repo(t, wandering)
	for name, want := range map[string]string{
		"edited":  "edited.rb to lib/fresh.rb by #2",
		"twice":   "twice.rb to app/again.rb by #2",
		"deleted": "deleted.rb to  by #5",
		"later":   "later.rb to  by #5",
		"never":   "",
	} {
		t.Run(name, func(t *testing.T) {
			hunk := "\n@@ -5,3 +5,3 @@\n " + name + " 4\n-" + name + " five\n+else\n " + name + " 6\n"
			whole := applytest.Load(t, fstest.MapFS{"a.patch": {Data: []byte(sized(name+".rb", hunk))}})
			o := explainedFirst(t, mainline.Upstream{Repo: repo, Cache: t.TempDir()}, whole, ids["5"])
			if o.Verdict != verdict.Gone {
				t.Fatalf("%s, want gone", o.Verdict)
			}
			var got []string
			for _, w := range o.Went {
				got = append(got, fmt.Sprintf("%s to %s by #%d", w.File, w.To, w.By.Pull))
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("%q, want %q; %s", got, want, o.Message)
			}
			if says := strings.Contains(o.Message, " is gone"); says != (want == "") {
				t.Errorf("the message is %q", o.Message)
			}
		})
	}
}
