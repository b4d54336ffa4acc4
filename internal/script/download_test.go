package script_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// TestDownloads: what a script removes and downloads anew is no removal. Both lines are left to a person, and the
// download's says which file it is and what makes an overlay of it.
func TestDownloads(t *testing.T) {
	const from = "https://example.org/x/one.txt"
	base := treeOf(t, map[string]string{"d/one.txt": "one\n", "d/two.txt": "two\n"})
	for _, test := range []struct {
		data    string
		changes int // made of what is certain
	}{
		{"cd d\nrm one.txt\nwget " + from + "\n", 0},
		{"rm d/one.txt\nwget -P d/ " + from + "\n", 0},
		{"rm d/one.txt && wget --directory-prefix=d " + from + "\n", 0},
		{"rm -f d/one.txt\nwget -q -O d/one.txt " + from + "\n", 0},
		{"rm d/one.txt\nwget --output-document d/one.txt " + from + "\n", 0},
		{"cd d\nrm one.txt\ncurl -LO " + from + "?raw=true\n", 0},
		{"rm d/one.txt\ncurl -sSL --output-dir d -O " + from + "\n", 0},
		{"rm d/one.txt\ncurl -H 'Accept: text/plain' -o d/one.txt " + from + "\n", 0},
		{"rm d/one.txt d/two.txt\nwget -O d/one.txt " + from + "\n", 1},
		{"sed -i s/one/1/ d/one.txt\nwget -O d/one.txt " + from + "\n", 1},
	} {
		src := script.Source{Name: "s", File: "s.sh", Data: []byte("cd /home/mastodon/live\n" + test.data)}
		r, err := script.Follow(t.Context(), src, base, sedOf(t))
		if err != nil {
			t.Fatal(err)
		}
		said, offered := "", false
		for _, l := range r.Imported.Lines {
			said += l.Said + "\n"
			offered = offered || l.Next.Path == "d/one.txt" && l.Next.File == "one.txt"
		}
		if !offered || !strings.Contains(said, "it downloads "+from) || len(r.Imported.Changes) != test.changes {
			t.Errorf("%q: %d changes\n%s", test.data, len(r.Imported.Changes), said)
		}
		if applied := applied(t, r, base, false); applied.Root() != r.Expected.Root() {
			t.Errorf("%q: the changes make another tree:\n%s", test.data, differs(t, r.Expected, applied))
		}
	}
}
