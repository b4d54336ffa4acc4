package script_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// TestFilesOfAnotherFolder: a file that the script reads in another folder of its machine lies beside the script. Each
// script is also run by bash, with AT as the root of its disk: the tree in AT/home/live, the files in AT/root.
func TestFilesOfAnotherFolder(t *testing.T) {
	if _, err := exec.LookPath("patch"); err != nil {
		t.Skip("patch is not installed")
	}
	upstream := map[string]string{"app/models/a.rb": "one\nx\ntwo\n", "config/a.yml": "a\n"}
	const limit = "--- app/models/a.rb\n+++ app/models/a.rb\n@@ -1,3 +1,3 @@\n one\n-x\n+y\n two\n"
	folder := strings.NewReplacer("-x", "-y", "+y", "+z").Replace(limit)
	beside := map[string]string{"limit.patch": limit, "patches/a.patch": limit, "patches/b.patch": folder,
		"edits.sed": "s/x/y/\n", "theme/deep/t.css": "t\n"}
	for name, test := range map[string]struct{ text, change string }{
		"input":           {"cd AT/home/live\npatch -p0 < AT/root/limit.patch\n", "limit"},
		"option":          {"cd AT/home/live\npatch -p0 -i AT/root/limit.patch\n", "limit"},
		"git":             {"cd AT/home/live\ngit apply -p0 AT/root/limit.patch\n", "limit"},
		"git's input":     {"cd AT/home/live\ngit apply -p0 < AT/root/limit.patch\n", "limit"},
		"home":            {"cd AT/home/live\npatch -p0 < ~/limit.patch\n", "limit"},
		"folder":          {"patch -p0 -d AT/home/live < AT/root/limit.patch\n", "limit"},
		"cat":             {"cd AT/home/live\ncat AT/root/limit.patch | patch -p0\n", "limit"},
		"sudo":            {"cd AT/home/live && cat ~/limit.patch | patch -p0\n", "limit"},
		"loop of a shell": {"cd AT/home/live\nfor p in AT/root/patches/*.patch; do patch -p0 < \"$p\"; done\n", "a"},
		"loop of git":     {"cd AT/home/live\nfor p in ~/patches/*.patch; do git apply -p0 \"$p\"; done\n", ""},
		"all at once":     {"cd AT/home/live\ncat AT/root/patches/*.patch | patch -p0\n", "patch"},
		"here-string":     {"cd AT/home/live\npatch -p0 <<< \"$(cat AT/root/limit.patch)\"\n", "patch"},
		"sed": {"cd AT/home/live\npatch -p0 < AT/root/limit.patch\nsed -i s/y/q/ app/models/a.rb\n",
			"limit"},
		"sed's file": {"cd AT/home/live\nsed -i -f AT/root/edits.sed app/models/a.rb\n", "ours"},
		"a folder":   {"cd AT/home/live\ncp -r AT/root/theme/* app/models/\n", "ours"},
		"copied":     {"cp AT/root/patches/a.patch AT/home/live/app/models/a.rb\n", "ours"},
		"written":    {"cd AT/home/live\ncat AT/root/edits.sed > config/a.yml\n", "ours"},
		"the removed": {"cd AT/home/live\nrm AT/root/limit.patch\npatch -p0 < AT/root/limit.patch\n" +
			"echo b > config/a.yml\n", "ours"},
	} {
		t.Run(name, func(t *testing.T) {
			r := besideBash(t, test.text, upstream, beside)
			if n := len(r.Imported.Changes); n == 0 || test.change != "" && r.Imported.Changes[0].Name != test.change {
				t.Errorf("%d changes, want the first named %q: %v", n, test.change, r.Imported.Lines)
			}
		})
	}
}

// besideBash follows a script, and has bash run it too: both have to make the same tree.
func besideBash(t *testing.T, text string, upstream, beside map[string]string) *script.Result {
	t.Helper()
	src := script.Source{Name: "ours", File: "ours.sh", Data: []byte("#!/bin/bash\n" +
		strings.ReplaceAll(text, "AT/", "/")), Beside: besideOf(beside)}
	r, _ := follow(t, src, treeOf(t, upstream))
	real := runAt(t, "home/live", text, upstream, beside)
	if d := differs(t, treeOf(t, real), r.Expected); d != "" {
		t.Errorf("bash makes another tree (first) than the import follows (second):\n%s\n%v", d, r.Imported.Lines)
	}
	return r
}

// TestBackups: a copy of a file that is made beside the tree does not move the tree there.
func TestBackups(t *testing.T) {
	upstream := map[string]string{"docker-compose.yml": "c\n", "Gemfile": "x\n", "app/models/a.rb": "one\nx\ntwo\n",
		"config/a.yml": "x\n"}
	const in, edit = "cd AT/mastodon/live\n", "sed -i s/x/y/ app/models/a.rb\n"
	for name, text := range map[string]string{
		"cat": in + "cat docker-compose.yml > ../docker-compose.yml\n" +
			"cat ../docker-compose.yml > docker-compose.yml\n" + edit,
		"cp":            in + "cp docker-compose.yml AT/mastodon/docker-compose.yml\n" + edit,
		"into a folder": in + "cp docker-compose.yml Gemfile ..\n" + edit,
		"mv":            in + "cp docker-compose.yml x\nmv x ../docker-compose.yml\nrm -f x\n" + edit,
		"absolute": "cp AT/mastodon/live/docker-compose.yml AT/mastodon/docker-compose.yml\n" +
			"sed -i s/x/y/ AT/mastodon/live/app/models/a.rb\n",
		"of the root": in + "cat docker-compose.yml > ../docker-compose.yml\nsed -i s/x/y/ Gemfile\n",
		"renamed":     in + "cp Gemfile ../Gemfile.bak\n" + edit,
		"first":       "cp AT/mastodon/docker-compose.yml AT/mastodon/keep.yml\n" + in + edit,
		"from above": "cd AT/mastodon\ncp live/docker-compose.yml docker-compose.yml\n" +
			"sed -i s/x/y/ live/app/models/a.rb\n",
		"and a new file": in + "cp docker-compose.yml ..\n" + edit + "echo n > app/models/n.rb\n",
	} {
		t.Run(name, func(t *testing.T) {
			src := script.Source{Name: "ours", File: "ours.sh", Data: []byte("#!/bin/bash\n" +
				strings.ReplaceAll(text, "AT/", "/srv/"))}
			r, _ := follow(t, src, treeOf(t, upstream))
			if d := differs(t, treeOf(t, runAt(t, "mastodon/live", text, upstream, nil)), r.Expected); d != "" {
				t.Errorf("bash makes another tree (first) than the import follows (second):\n%s\n%v", d, r.Imported.Lines)
			}
			if r.Imported.Undecided() {
				t.Errorf("a line is undecided: %v", r.Imported.Lines)
			}
		})
	}
}

// runAt runs a script with bash, with AT in it as a temporary folder, and returns the files of AT/LIVE.
func runAt(t *testing.T, live, text string, upstream, beside map[string]string) map[string]string {
	t.Helper()
	at := t.TempDir()
	if err := os.Mkdir(filepath.Join(at, "root"), 0o755); err != nil {
		t.Fatal(err)
	}
	for folder, files := range map[string]map[string]string{live: upstream, "root": beside} {
		for name, data := range files {
			name = filepath.Join(at, folder, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", strings.ReplaceAll(text, "AT/", at+"/"))
	cmd.Dir, cmd.Env = filepath.Join(at, "root"), []string{"PATH=/usr/bin:/bin", "HOME=" + at + "/root"}
	said, _ := cmd.CombinedOutput() // a command may fail: its effect counts
	t.Logf("%s", said)
	out := map[string]string{}
	live = filepath.Join(at, live)
	err := filepath.WalkDir(live, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		name, _ = filepath.Rel(live, name)
		out[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
