package script_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

const sedText = "one two one\n\tthree (3.1)\nfour\n  gem 'redis-client', '~> 0.6'\nfive $USER\nsix+seven*eight\n" +
	"[nine]\n\nten\nÉléphant {a|b}\nlast"

// sedRows are sed scripts, with corner cases of its expressions.
var sedRows = []string{
	"/four/a\\  half", "/four/i\\  half", "/four/c\\  half", "/four/a \\  half", "/four/a\\\thalf",
	"/four/a\\thalf", "/four/a \\ \\ half", "/four/i \\ \\ half", "/four/a\\\n  half", "/four/a\\\n\\  half",
	"/four/a\\ \n  half", "/four/a\\\nx\\\n  y", "/four/a x\\\n  y", "/four/a x\\ny", "/four/a\\x\\\\y",
	"/four/a x\\\\ny", "$a\\\n", "/four/a\\", "/four/a", "a\\", "/four/a\\  x\\n  y", "1d;1s/t/T/", "2d;3s/f/F/",
	"1d;2d", "/two/a one\ns/one/1/", "/two/i one\ns/one/1/", "/two/c one\ns/one/1/", "/three/d;$d",
	"2d;$s/last/x/", "/four/a\\  half\n/half/d", "1i x\n1d", "/two/s/one/four/;/four/d", "s/one/1/;/1/d",
	"1i four\n/four/d", "2,3d;2,3s/e/E/", "s/one/a\\tb/", "s/one/\\x41/", "s/one/\\U&/", "s/one/\\u&/",
	"s/one/\\L&/", "s/one$/x/2", "s/\\(one\\).*\\1/<\\1>/", "s/o*/x/g", "s/o*/x/2", "s/b*/x/3", "s/\\n/x/",
	"s/one/1/w out", "s/one/1/gI", "s/one/1/Ig", "s/one/1/p", "/four/,+1d", "/four/,~2d", "0,/one/d",
	"0,/one/s//1/", "s//x/", "/one/s//1/g", "1~2d", "2q", "y/abc/xyz/", "/four/r x", "s/two/x/;t", "/one/!s/f/F/",
	"/four/I d", "/FOUR/Id", "s/e\\?v/x/", "s/x\\|//", "s/^*/x/", "s/\\(^one\\)/x/", "s/a^b/x/", "s/o\\{2,\\}/x/",
	"s/\\s/_/g", "s/\\S/_/g", "s/\\w\\+/W/g", "s/\\W/_/g", "s/\\bfour/x/", "s/\\Bo/x/g", "s/r\\>/x/g",
	"s/\\`one/x/", "s/last\\'/x/", "s/[[:upper:]]/x/", "s/[a\\]b]/x/", "s/[\\n]/x/g", "s/[\\t]/x/g", "s/\\//x/",
	"s#a\\#b#x#", "s|{a\\|b}|x|", "s,two\\,,x,", "s/./\\n/2", "$!s/e/E/", "$!N;s/\\n/ /", "/four/{n;d}",
	"/four/{d}", "/four/{s/f/F/;s/r/R/}", "/four/,/five/{s/f/F/}", "/four/d;/five/d;/six/d", "/nine/,/nothing/d",
	"/one/,/one/d", "3,/e/d", "/three/,3d", "5,2d", "\\,four,d", "\\%four%s%f%F%", "/fo\\/ur/d", "/f.*r$/d",
	"s/.$//", "s/^.//", "s/[0-9]*$/x/", "s/$/\\\nx/", "s/one/x\\\ny/", "s/&/x/", "s/\\&/x/", "s/\\$USER/x/",
	"s/$USER/x/", "s/a|b/x/", "s/a\\|b/x/g", "s/~>/x/", "s/'/\"/g", "s/(/[/", "s/)/]/", "s/one/(&)/g",
	"s/one/$0/", "s/one/${1}/", "s/one/\\0\\0/",
}

// TestAgainstSed compares the series that a sed command becomes with the result of the real sed. With -short it takes
// each fourth.
func TestAgainstSed(t *testing.T) {
	sedOf(t)
	seen, least := 0, 200
	for i, s := range sedRows {
		if testing.Short() {
			if least = 50; i%4 != 0 {
				continue
			}
		}
		for _, option := range []string{"", "-E "} {
			args := append(strings.Fields(option), "-e", s)
			cmd := exec.CommandContext(t.Context(), "sed", args...)
			cmd.Env = []string{"LC_ALL=C.UTF-8"}
			cmd.Dir = t.TempDir()
			cmd.Stdin = strings.NewReader(sedText)
			want, err := cmd.Output()
			base := treeOf(t, map[string]string{"app/text": sedText})
			quoted := "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
			r, got := follow(t, script.Source{Data: []byte("sed -i " + option + "-e " + quoted + " app/text\n")}, base)
			if err != nil {
				if len(r.Imported.Changes) > 0 || !r.Imported.Undecided() {
					t.Errorf("%s%q: sed refuses it, and the import does not say so", option, s)
				}
				continue
			}
			f, readErr := got.ReadFile(t.Context(), "app/text")
			if readErr != nil {
				t.Fatal(readErr)
			}
			if bytes.Equal(f.Data, want) {
				seen++
				continue
			}
			if refused := r.Imported.Undecided() && len(r.Imported.Changes) == 0; !refused {
				t.Errorf("%s%q:\ngot %q\nsed %q", option, s, f.Data, want)
			} else if !sandboxed(s) {
				t.Errorf("%s%q is not taken: %s", option, s, r.Imported.Lines[0].Said)
			}
		}
	}
	if seen < least {
		t.Errorf("only %d rows are taken", seen)
	}
}

// sandboxed reports whether sed's sandbox refuses a script.
func sandboxed(s string) bool { return strings.Contains(s, "w out") || strings.HasSuffix(s, "r x") }
