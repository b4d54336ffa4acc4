package script_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// TestRsync: which files rsync copies depends on its options; those that the import does not know are left to a person.
func TestRsync(t *testing.T) {
	beside := besideOf(map[string]string{"ours/app/b.rb": "b\n", "ours/app/c.bak": "c\n", "ours/app/tmp/x": "x\n",
		"ours/README.bak": "r\n", "ex": "*.bak\n", "ours/f": "f\n"})
	const all = "README.bak app/b.rb app/c.bak app/tmp/x f"
	for options, want := range map[string]string{
		"-a ours/ ./":                                  all,
		"-av --no-owner --progress ours/ ./":           all,
		"-a --exclude=*.bak ours/ ./":                  "app/b.rb app/tmp/x f",
		"-a --exclude '*.bak' --exclude tmp/ ours/ ./": "app/b.rb f",
		"-a --exclude=f/ --exclude tmp ours/ ./":       "README.bak app/b.rb app/c.bak f",
		"-a --exclude=app ours/app/ app/":              "app/b.rb app/c.bak app/tmp/x",
		"-a --exclude=app ours/app .":                  "",
		"-a --exclude=b.rb ours/app/b.rb ours/f app/":  "app/f",
		"-a --exclude-from=ex ours/ ./":                "?",
		"-a --exclude=/app/b.rb ours/ ./":              "?",
		"-a --exclude='a**' ours/ ./":                  "?",
		"-a --include=*.rb --exclude=* ours/ ./":       "?",
		"-a --delete-after ours/ ./":                   "?",
		"-a --existing ours/ ./":                       "?",
		"-ab ours/ ./":                                 "?",
		"-an ours/ ./":                                 "?",
	} {
		src := script.Source{Data: []byte("cd /opt/mastodon\n[ -f app/a.rb ]\nrsync " +
			strings.ReplaceAll(options, "ours/", "/root/ours/") + "\n"), Beside: beside}
		upstream := treeOf(t, map[string]string{"app/a.rb": "a\n", "config/application.rb": "x\n"})
		r, got := follow(t, src, upstream)
		var made []string
		for line := range strings.Lines(differs(t, upstream, got)) {
			if name, found := strings.CutSuffix(strings.TrimSpace(line), ":"); found && !strings.HasPrefix(line, " ") {
				made = append(made, name)
			}
		}
		if open := r.Imported.Undecided(); open != (want == "?") || !open && strings.Join(made, " ") != want {
			t.Errorf("rsync %s: makes %q, want %q\n%v", options, made, want, r.Imported.Lines)
		}
	}
}

// TestQuilt: quilt push -a applies its list; other commands of quilt, and a list that is not here, are left to a
// person.
func TestQuilt(t *testing.T) {
	const one, two = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-y\n+z\n", "--- f\n+++ f\n@@ -1 +1 @@\n-z\n+w\n"
	beside := besideOf(map[string]string{"patches/1.patch": one, "patches/2.patch": two, "patches/not.patch": one,
		"patches/series": "# ours\n1.patch\n2.patch -p0 # second\n#not.patch\n", "debian/list": "../patches/1.patch\n",
		"bad/series": "1.patch\n", "bad/1.patch": strings.ReplaceAll(one, "-y", "-x"), "old/series": "+old 1.patch\n"})
	for text, want := range map[string]string{
		"quilt push -a":                        "w\n",
		"QUILT_PATCHES=patches quilt push -aq": "w\n",
		"export QUILT_PATCHES=debian QUILT_SERIES=list\nquilt push -a": "z\n",
		"export QUILT_PATCHES=patches\nquilt push -a || [ $? -eq 2 ]":  "w\n",
		"QUILT_PATCHES=bad quilt push -a":                              "y\n?",
		"QUILT_PATCHES=old quilt push -a":                              "y\n?",
		"QUILT_PATCHES=none quilt push -a":                             "y\n?",
		"QUILT_PATCHES=$1 quilt push -a":                               "y\n?",
		"quilt push":                                                   "y\n?",
		"quilt push -a -f":                                             "y\n?",
		"quilt push 1.patch":                                           "y\n?",
	} {
		src := script.Source{Data: []byte(text + "\n"), Beside: beside}
		r, got := follow(t, src, treeOf(t, map[string]string{"f": "y\n"}))
		f, err := got.ReadFile(t.Context(), "f")
		content, open := strings.CutSuffix(want, "?")
		if err != nil || string(f.Data) != content || r.Imported.Undecided() != open {
			t.Errorf("%s: f is %q (%v), want %q\n%v", text, f.Data, err, want, r.Imported.Lines)
		}
	}
}
