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
			src := script.Source{Name: "ours", File: "ours.sh", Data: []byte("#!/bin/bash\n" +
				strings.ReplaceAll(test.text, "AT/", "/")), Beside: besideOf(beside)}
			r, _ := follow(t, src, treeOf(t, upstream))
			real := runAt(t, test.text, upstream, beside)
			if d := differs(t, treeOf(t, real), r.Expected); d != "" {
				t.Errorf("bash makes another tree (first) than the import follows (second):\n%s\n%v", d, r.Imported.Lines)
			}
			if n := len(r.Imported.Changes); n == 0 || test.change != "" && r.Imported.Changes[0].Name != test.change {
				t.Errorf("%d changes, want the first named %q: %v", n, test.change, r.Imported.Lines)
			}
		})
	}
}

// runAt runs a script with bash, with AT in it as a temporary folder, and returns the files of AT/home/live.
func runAt(t *testing.T, text string, upstream, beside map[string]string) map[string]string {
	t.Helper()
	at := t.TempDir()
	for folder, files := range map[string]map[string]string{"home/live": upstream, "root": beside} {
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
	out, live := map[string]string{}, filepath.Join(at, "home/live")
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
