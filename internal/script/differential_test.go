package script_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// upstreamFiles and besideFiles are the input of the scripts that are compared with a real shell.
var (
	upstreamFiles = map[string]string{
		"Gemfile":                  "source 'https://example.org'\n\ngem 'rake'\ngem 'puma', '~> 6.3'\n",
		"app/models/status.rb":     "class Status\n  LIMIT = 4\n  MAX_CHARS = 500\n\n  def limit\n    LIMIT\n  end\nend\n",
		"app/models/poll.rb":       "class Poll\n  MAX_OPTIONS      = 4\n  MAX_CHARS = 50\nend\n",
		"app/styles/app.scss":      "@use 'a';\n@use 'b';\n",
		"app/styles/dark/all.scss": "body { color: #fff; }\n",
		"config/themes.yml":        "default: styles/app.scss\ndark: styles/dark.scss\n",
		"config/locales/en.yml":    "en:\n  about:\n    title: About\n  themes:\n    default: Mastodon\n",
		"config/locales/de.yml":    "de:\n  about:\n    title: Über\n",
		"config/no-newline":        "last line\nwithout an end",
		"config/windows":           "one\r\ntwo\r\n",
		"bin/start":                "#!/bin/sh\nexec true\n",
		"lib/a b.txt":              "a name with a blank\n",
	}
	besideFiles = map[string]string{
		"mine/logo.svg":      "<svg/>\n",
		"mine/deep/x.txt":    "x\n",
		"mine/deep/er/y.txt": "y\n",
		"edits.sed":          "s/LIMIT = 4/LIMIT = 16/\n/^end/i\\\n  # ours\n",
		"value.txt":          "9000\n",
		"lines.txt":          "app/models/status.rb\napp/models/poll.rb\n",
		"sub.sh":             "#!/bin/bash\nsed -i \"s/LIMIT = 4/LIMIT = $1/\" app/models/status.rb\n",
		"vars.sh":            "LIMIT=77\ngreet() { sed -i \"s/About/$1/\" config/locales/en.yml; }\n",
		"limit.patch": "--- a/app/models/status.rb\n+++ b/app/models/status.rb\n@@ -1,4 +1,4 @@\n class Status\n" +
			"-  LIMIT = 4\n+  LIMIT = 40\n   MAX_CHARS = 500\n \n",
	}
)

// unproven is in what is said of a script that does not show where the tree is.
const unproven = "nothing in the script shows"

// differ follows a script and runs it with a real shell. If every line is decided, both trees have to be equal, byte
// for byte. It reports whether every line was decided.
func differ(t *testing.T, shell, data string, decided bool) bool {
	t.Helper()
	base := treeOf(t, upstreamFiles)
	own := maps.Clone(besideFiles)
	own["patch.sh"] = data
	src := script.Source{Name: "ours", File: "patch.sh", Data: []byte(data), Beside: besideOf(own)}
	if _, err := script.Follow(t.Context(), src, base, sedOf(t)); err != nil && strings.Contains(err.Error(),
		"more than") {
		return false // an endless loop
	}
	r, got := follow(t, src, base)
	if got.Root() != r.Expected.Root() {
		t.Errorf("%s\nthe series (second) is not what the import follows (first):\n%s", data, differs(t, r.Expected, got))
	}
	undecided := false
	for _, f := range r.Imported.Lines {
		undecided = undecided || !f.Done && !strings.HasPrefix(f.Said, "matches nothing") &&
			!strings.Contains(f.Said, unproven) && // the scripts run in the tree
			(!strings.HasPrefix(f.Said, "file gone") || strings.Contains(data, "set -e")) // sed fails there
	}
	if decided && undecided {
		for _, f := range r.Imported.Lines {
			t.Logf("%d: %s", f.Line, f.Said)
		}
		t.Errorf("%s\nis not followed to its end", data)
	}
	if undecided {
		return false
	}
	if d := differs(t, run(t, shell, data, upstreamFiles, besideFiles), r.Expected); d != "" {
		t.Errorf("%s\n%s makes another tree (first) than the import follows (second):\n%s", data, shell, d)
	}
	return true
}

// TestAgainstShell compares what the import follows with what bash does. With -short it takes each fourth script.
func TestAgainstShell(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not installed")
	}
	data, err := os.ReadFile("testdata/shell.txt")
	if err != nil {
		t.Fatal(err)
	}
	scripts := strings.Split(string(data), "\n---\n")
	if len(scripts) < 100 {
		t.Fatalf("only %d scripts", len(scripts))
	}
	for i, s := range scripts {
		if testing.Short() && i%4 != 0 {
			continue
		}
		t.Run(fmt.Sprint(i), func(t *testing.T) { differ(t, "bash", s, true) })
	}
}

// TestGeneratedAgainstShell does the same with random scripts; the seed is fixed. HOWDAH_TEST_SCRIPTS raises their
// number.
func TestGeneratedAgainstShell(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not installed")
	}
	n := 60
	if testing.Short() {
		n = 15
	}
	if more, err := strconv.Atoi(os.Getenv("HOWDAH_TEST_SCRIPTS")); err == nil {
		n = more
	}
	decided := 0
	for i := range n {
		w := &writer{Rand: rand.New(rand.NewPCG(12, uint64(i)))}
		s := w.script()
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			if differ(t, "bash", s, false) {
				decided++
			}
		})
	}
	t.Logf("%d scripts, of which %d are followed to their end; of the others some lines are named", n, decided)
	if decided < n/2 {
		t.Errorf("only %d of %d scripts are followed to their end", decided, n)
	}
}
