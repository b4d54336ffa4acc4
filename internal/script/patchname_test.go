package script_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// TestPatchNames: a patch that a script applies is named after its file, and one that stands in the script after none.
func TestPatchNames(t *testing.T) {
	const diff = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-y\n+z\n"
	beside := map[string]string{"limit.patch": diff, "map.txt": "q|r\n"}
	const loop = "while IFS='|' read -r a b; do echo \"$a\"; done < map.txt\n"
	for _, test := range []struct{ text, want string }{
		{"patch -p1 < limit.patch\n", "limit"},
		{"cat limit.patch | patch -p1\n", "limit"},
		{"{ cat limit.patch; cat map.txt; } | patch -p1\n", "patch"},
		{"patch -p1 <<'END'\n" + diff + "END\n", "patch"},
		{loop + "patch -p1 <<'END'\n" + diff + "END\n", "patch"},
		{loop + "patch -p1 < limit.patch\n", "limit"},
		{"read -r a < map.txt\ncat limit.patch | patch -p1\n", "limit"},
	} {
		src := script.Source{Name: "ours", File: "ours.sh", Data: []byte(test.text), Beside: besideOf(beside)}
		r, _ := follow(t, src, treeOf(t, map[string]string{"f": "y\n"}))
		if n := len(r.Imported.Changes); n != 1 || r.Imported.Changes[0].Name != test.want {
			t.Errorf("%s: %d changes, want one named %q: %v", test.text, n, test.want, r.Imported.Changes)
		}
	}
}

// TestPatchAlone: a patch that does not apply here is offered as an import of its own, wherever the script copied it
// to, and its message says nothing of a base that nobody looked for.
func TestPatchAlone(t *testing.T) {
	const diff = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-x\n+z\n"
	beside := besideOf(map[string]string{"limit.patch": diff, "patches/a.patch": diff, "same.txt": diff})
	const from, run = "FROM mastodon\n", "RUN cd /opt/mastodon && patch -p1 < "
	for _, test := range []struct{ text, want string }{
		{from + "COPY limit.patch /tmp/limit.patch\n" + run + "/tmp/limit.patch\n", "limit.patch"},
		{from + "COPY limit.patch /opt/mastodon/\n" + run + "limit.patch\n", "limit.patch"},
		{from + "ADD patches /patches\n" + run + "/patches/a.patch\n", "patches/a.patch"},
		{from + "COPY limit.patch /tmp/other.patch\n" + run + "/tmp/other.patch\n", ""},
		{"cd /opt/mastodon\npatch -p1 < /root/limit.patch\n", "limit.patch"},
		{"cp limit.patch /tmp/\ncd /opt/mastodon\ngit apply /tmp/limit.patch\n", "limit.patch"},
		{"cd /opt/mastodon\npatch -p1 <<'END'\n" + diff + "END\n", ""},
	} {
		src := script.Source{Name: "ours", File: "ours", Data: []byte(test.text), Beside: beside,
			Dockerfile: strings.HasPrefix(test.text, from)}
		r, _ := follow(t, src, treeOf(t, map[string]string{"f": "y\n"}))
		said, next, fails := "", "", false
		for _, l := range r.Imported.Lines {
			said += l.Said + "\n"
			next += l.Next.Import
			fails = fails || strings.Contains(l.Said, `does not apply here (conflict): f: hunk 1: line 1: expected "x"`)
		}
		if !fails || next != test.want || strings.Contains(said, "base") {
			t.Errorf("%s: offers %q, want %q\n%s", test.text, next, test.want, said)
		}
	}
}
