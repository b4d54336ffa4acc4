package script_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// TestNamesOfCalledScripts: what a file that the script runs changes is named after the comment above the command in
// that file; where it has none, after the comment above the call.
func TestNamesOfCalledScripts(t *testing.T) {
	upstream := map[string]string{"app/models/a.rb": "one\nx\ntwo\n", "config/a.yml": "a\nb\n"}
	const limit, name = "# Longer posts\nsed -i s/x/y/ app/models/a.rb\n", "# Our name\nsed -i s/a/ours/ config/a.yml\n"
	const bare = "sed -i s/b/c/ config/a.yml\n"
	beside := map[string]string{"limit.sh": "#!/bin/sh\n" + limit, "name.sh": "#!/bin/sh\n" + name,
		"bare.sh": "#!/bin/sh\n" + bare, "both.sh": "#!/bin/sh\n" + limit + "\n" + name,
		"outer.sh": "#!/bin/sh\n# All of ours\nsh limit.sh\n" + bare,
		"perl.sh":  "#!/bin/sh\n" + limit + "# Trends\nperl -pi -e s/a/q/ config/a.yml\n"}
	for title, test := range map[string]struct{ text, names string }{
		"called":             {"# Run it\nsh limit.sh\n", "longer-posts"},
		"two":                {"# Run them\nsh limit.sh && sh name.sh\n", "longer-posts our-name"},
		"one with two":       {"# Run it\nsh both.sh\n", "longer-posts our-name"},
		"sourced":            {"# Run it\n. ./limit.sh\n", "longer-posts"},
		"in a loop":          {"# Run all\nfor s in limit name; do\n  sh \"$s.sh\"\ndone\n", "longer-posts our-name"},
		"without a comment":  {"# Run it\nsh bare.sh\n", "run-it"},
		"without any":        {"sh bare.sh\n", "ours"},
		"one without":        {"# Run them\nsh limit.sh\nsh bare.sh\n", "longer-posts run-them"},
		"and one of its own": {"# Run it\nsh limit.sh\n# Here\n" + bare, "longer-posts here"},
		"before":             {"# Here\n" + bare + "sh limit.sh\n", "here longer-posts"},
		"deeper":             {"# Run it\nsh outer.sh\n", "longer-posts all-of-ours"},
		"twice":              {"# Run it\nsh limit.sh\nsed -i s/y/x/ app/models/a.rb\nsh limit.sh\n", ""},
	} {
		t.Run(title, func(t *testing.T) {
			src := script.Source{Name: "ours", File: "ours.sh", Data: []byte("#!/bin/sh\n" + test.text),
				Beside: besideOf(beside)}
			r, _ := follow(t, src, treeOf(t, upstream))
			var names []string
			for _, c := range r.Imported.Changes {
				names = append(names, c.Name)
			}
			if got := strings.Join(names, " "); test.names != "" && got != test.names || r.Imported.Undecided() {
				t.Errorf("changes %q, want %q: %v", got, test.names, r.Imported.Lines)
			}
		})
	}

	src := script.Source{Name: "ours", File: "ours.sh", Data: []byte("#!/bin/sh\n# Run it\nsh perl.sh\n"),
		Beside: besideOf(beside)}
	r, _ := follow(t, src, treeOf(t, upstream))
	for _, l := range r.Imported.Lines {
		if !l.Done && (l.In != "perl.sh:5" || l.Change != "trends") {
			t.Errorf("what is undecided stands at %q under %q, want perl.sh:5 under trends", l.In, l.Change)
		}
	}
}
