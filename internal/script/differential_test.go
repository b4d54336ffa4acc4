package script_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// upstreamFiles and besideFiles are the world of the scripts that are compared with a real shell.
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

// differ follows a script and runs it for real: what is certain has to be the same, byte for byte.
func differ(t *testing.T, shell, data string, decided bool) {
	t.Helper()
	base := treeOf(t, upstreamFiles)
	r, got := follow(t, script.Source{Data: []byte(data), Beside: besideOf(besideFiles)}, base)
	if got.Root() != r.Expected.Root() {
		t.Errorf("%s\nthe series (second) is not what the import follows (first):\n%s", data, differs(t, r.Expected, got))
	}
	undecided := false
	for _, f := range r.Imported.Lines {
		undecided = undecided || !f.Done && !strings.HasPrefix(f.Said, "matches nothing") &&
			!strings.HasPrefix(f.Said, "file gone")
	}
	if decided && undecided {
		for _, f := range r.Imported.Lines {
			t.Logf("%d: %s", f.Line, f.Said)
		}
		t.Errorf("%s\nis not followed to its end", data)
	}
	if undecided {
		return
	}
	if d := differs(t, run(t, shell, data, upstreamFiles, besideFiles), r.Expected); d != "" {
		t.Errorf("%s\n%s makes another tree (first) than the import follows (second):\n%s", data, shell, d)
	}
}

// TestAgainstShell compares what the import follows with what bash does.
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
		t.Run(fmt.Sprint(i), func(t *testing.T) { differ(t, "bash", s, true) })
	}
}

// TestGeneratedAgainstShell does the same with scripts that are put together by chance, always by the same one.
func TestGeneratedAgainstShell(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not installed")
	}
	n := 150
	if testing.Short() {
		n = 20
	}
	r := rand.New(rand.NewPCG(12, 3))
	for i := range n {
		s := generated(r)
		t.Run(fmt.Sprint(i), func(t *testing.T) { differ(t, "bash", s, false) })
	}
}

// generated is a script of some ten commands.
func generated(r *rand.Rand) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	file := func() string {
		return pick("Gemfile", "app/models/status.rb", "app/models/poll.rb", "config/themes.yml", "config/locales/en.yml",
			"config/no-newline",
			"app/styles/app.scss", "new.txt", "$F", "\"$F\"", "app/models/*.rb", "config/locales/{en,de}.yml", "gone.rb")
	}
	command := func() string {
		return pick("s/4/$N/", "s/MAX_CHARS = [0-9]*/MAX_CHARS = $N/", "/end/i\\  # ours", "/def/a\\    # ${N}", "$ a last",
			"2d", "/about/,/title/d", "s/a/b/g",
			"1i first", "/class/c\\class Ours", "s|\\(default\\): |\\1:  |", "/MAX/{s/=/:=/;s/M/m/}", "s/$/;/", "y/abc/xyz/",
			"0,/e/s//E/", "$!N;s/\\n/ /")
	}
	var line func(deep int) string
	line = func(deep int) string {
		kinds := 12
		if deep > 1 {
			kinds = 7
		}
		switch r.IntN(kinds) {
		case 0:
			return fmt.Sprintf("N=%d", r.IntN(100))
		case 1:
			return "F=" + pick("Gemfile", "app/models/status.rb", "config/themes.yml")
		case 2, 3:
			return fmt.Sprintf("sed -i %s \"%s\" %s", pick("", "-E", "-e"), strings.ReplaceAll(command(), "$ a", "\\$ a"),
				file())
		case 4:
			return fmt.Sprintf("%s %s %s", pick("echo \"x $N\"", "printf '%s\\n' $N two", "cat mine/logo.svg"), pick(">", ">>"),
				pick("new.txt", "Gemfile", "config/extra.yml"))
		case 5:
			return pick("cp mine/logo.svg app/logo.svg", "cp -r mine/deep app/", "mv Gemfile Gemfile.old",
				"rm -f config/themes.yml", "chmod +x Gemfile", "mkdir -p app/new",
				"cp app/models/poll.rb app/models/copy.rb", "rm -rf app/styles/dark", "mv app/models/poll.rb app/")
		case 6:
			return pick("set -f; set +f", "true", "N=$((N + 1))", "N=${N:-5}", "X=$(cat value.txt); N=$X", "unset F; F=Gemfile",
				"git apply limit.patch || true")
		case 7:
			return fmt.Sprintf("if %s; then\n%s\nelse\n%s\nfi", pick("grep -q MAX "+file(), "[ -f new.txt ]",
				"[ \"$N\" -gt 50 ]", "! grep -q rake Gemfile", "[[ $F == *.rb ]]"), line(deep+1), line(deep+1))
		case 8:
			return fmt.Sprintf("for f in %s; do\n%s\nsed -i 's/e/E/' \"$f\"\ndone",
				pick("app/models/*.rb", "Gemfile config/themes.yml", "$F"), line(deep+1))
		case 9:
			return fmt.Sprintf("%s %s %s", pick("grep -q LIMIT app/models/status.rb", "[ -d app/new ]", "test -n \"$N\"",
				"false"), pick("&&", "||"), line(2))
		case 10:
			return fmt.Sprintf("f%d() { local N=$1; %s\n}\nf%d %d", deep, line(deep+1), deep, r.IntN(9))
		}
		return fmt.Sprintf("case \"$N\" in 1*) %s ;; *) %s ;; esac", line(deep+1), line(deep+1))
	}
	lines := []string{"N=7", "F=Gemfile"}
	for range 6 + r.IntN(6) {
		lines = append(lines, line(0))
	}
	return strings.Join(lines, "\n") + "\n"
}
