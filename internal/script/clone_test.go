package script_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/script"
)

// TestClones: what a script copies out of another repository's clone is named with the line that clones it, and a
// patch that may run is offered by itself.
func TestClones(t *testing.T) {
	const clone = "git clone https://example.org/t/theme.git ./theme\n"
	const from = "comes from the clone on line 3; take it with an overlay of that repository"
	const live = "#!/bin/bash\ncd /home/mastodon/live\n"
	next := importer.Next{Import: "limit.patch"}
	for name, test := range map[string]struct {
		text, said string
		next       importer.Next
	}{
		"all of a folder": {live + clone + "cp -r ./theme/app/styles/* app/styles/\n", from, importer.Next{}},
		"a file":          {live + clone + "cp theme/app/styles/t.css app/styles/t.css\n", from, importer.Next{}},
		"inside": {"#!/bin/bash\nLIVE=$(pwd)/../live\n" + clone + "cd theme\ncp -r ./m/app/styles/* $LIVE/app/styles\n",
			from, importer.Next{}},
		"elsewhere": {live + "git clone https://example.org/t/theme.git /opt/theme\n" +
			"cp -r /opt/theme/app/styles/. app/styles/\n",
			from, importer.Next{}},
		"a folder": {live + clone + "cp -r theme/public app/styles/\n", from, importer.Next{}},
		"select": {live + "select o in a b; do\n  git apply /home/mastodon/limit.patch\ndone\n",
			"whether it runs is known only at run time: what is chosen", next},
		"if": {live + "if [ \"$1\" = x ]; then patch -p1 < ~/limit.patch; fi\n", "whether it runs is known only at run time",
			next},
		"loop": {live + "while read -r x; do git apply limit.patch; done < /root/list\n",
			"whether it runs is known only at run time", next},
		"case": {live + "case $1 in a) cat /root/limit.patch | patch -p1 ;; esac\n",
			"whether it runs is known only at run time", next},
		"and": {live + "[ -n \"$X\" ] && patch -p1 -i /root/limit.patch\n",
			"whether it runs is known only at run time", next},
	} {
		t.Run(name, func(t *testing.T) {
			src := script.Source{Name: "ours", File: "ours.sh", Data: []byte(test.text), Beside: besideOf(map[string]string{
				"limit.patch": "--- a/app/a.rb\n+++ b/app/a.rb\n@@ -1 +1 @@\n-x\n+y\n"})}
			r, _ := follow(t, src, treeOf(t, map[string]string{"app/a.rb": "x\n", "app/styles/a.css": "a\n"}))
			if !slices.ContainsFunc(r.Imported.Lines, func(l importer.ScriptLine) bool {
				return !l.Done && strings.Contains(l.Said, test.said) && l.Next == test.next
			}) {
				t.Errorf("no line says %q with %v: %+v", test.said, test.next, r.Imported.Lines)
			}
			for _, l := range r.Imported.Lines {
				if strings.Contains(l.Said, "/4/3") {
					t.Errorf("a name of the program's inside: %s", l.Said)
				}
			}
		})
	}
}
