package script_test

import (
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
