package fork_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fork"
)

// numbers returns the lines from..to of a file; each has the word and its number.
func numbers(word string, from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "%s %d\n", word, i)
	}
	return b.String()
}

// TestReaddedFile: a commit that adds a file that an older commit has added is not its author, however it came there.
func TestReaddedFile(t *testing.T) {
	theme := numbers("theme", 0, 60)
	begin := "commit f1 Add a theme\tfrom=u2 branch=fork\n"
	for _, tc := range []struct{ name, commits, files, tip, want string }{
		{"a branch that begins before it, and a merge of that",
			"commit f2 Small changes\tfrom=u2 branch=other\n" +
				"merge m1 Merge branch 'other'\tfrom=f1 with=f2 take=with branch=fork\n",
			"-- f2/t.scss --\n" + theme + "one more\n", "m1", "add-a-theme: 60"},
		{"the same with the file twice in it",
			"commit f2 Small changes\tfrom=u2 branch=other\ncommit f3 Take one away\tbranch=other\n" +
				"merge m1 Merge branch 'other'\tfrom=f1 with=f3 take=with branch=fork\n",
			"-- f2/t.scss --\n" + theme + "and\n" + theme + "-- f3/t.scss --\n" + theme + "one more\n", "m1", "add-a-theme: 60"},
		{"a file that was removed, and came back",
			"commit f2 Remove it\tbranch=fork\ncommit f3 Small changes\tbranch=fork\n",
			"-- f2.rm --\nt.scss\n-- f3/t.scss --\n" + theme + "one more\n", "f3", "add-a-theme: 60"},
		{"another file at the same path",
			"commit f2 Remove it\tbranch=fork\ncommit f3 Another theme\tbranch=fork\n",
			"-- f2.rm --\nt.scss\n-- f3/t.scss --\n" + numbers("other", 0, 60), "f3", "another-theme: 60"},
		{"the same file, squashed on a branch of its own",
			"commit f2 Squash (#4)\tfrom=u2 branch=other\n" +
				"merge m1 Merge branch 'other'\tfrom=f1 with=f2 take=with branch=fork\n",
			"-- f2/t.scss --\n" + theme, "m1", "add-a-theme: 60"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := replay(t, upstream+begin+tc.commits+files+"-- f1/t.scss --\n"+theme+tc.files)
			steps, _ := f.trace(t, "u2", tc.tip, fork.Known{}, "u2")
			name, lines, _ := strings.Cut(tc.want, ": ")
			if len(steps) != 1 || steps[0].Name != name {
				t.Fatalf("got\n%s", f.show(steps))
			}
			if want := "wrote " + lines + " of its"; !strings.Contains(steps[0].Large, want) {
				t.Errorf("%q, want %q", steps[0].Large, want)
			}
		})
	}
}

// TestFixups: a commit whose subject names the commit that it fixes joins that one.
func TestFixups(t *testing.T) {
	for second, want := range map[string]string{
		"fixup! Say hello":        "say-hello: f1 f2: a.rb b.rb\n",
		"squash! Say hello":       "say-hello: f1 f2: a.rb b.rb\n",
		"fixup! fixup! say hello": "say-hello: f1 f2: a.rb b.rb\n",
		"fixup! Say goodbye":      "say-hello: f1: a.rb\nsay-goodbye: f2: b.rb\n",
		"Say hello":               "say-hello: f1: a.rb\nsay-hello-2: f2: b.rb\n",
	} {
		f := replay(t, upstream+"commit f1 Say hello\tfrom=u2 branch=fork\ncommit f2 "+second+"\tbranch=fork\n"+files+
			"-- f1/a.rb --\nONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n-- f2/b.rb --\nalpha\nbeta\ngamma\nDELTA\n")
		steps, _ := f.trace(t, "u2", "f2", fork.Known{}, "u2")
		got := strings.ReplaceAll(f.show(steps), "say-hello-b", "say-hello-2")
		if got != want {
			t.Errorf("%s: got\n%swant\n%s", second, got, want)
		}
	}
}

// TestLargeTopicIsSplit: in a fork of few files, a large topic is split where its units replace few of each other's
// lines and no commit touches both files; where they replace many, it stays whole.
func TestLargeTopicIsSplit(t *testing.T) {
	for _, tc := range []struct {
		name           string
		first, second  int    // lines of the files that the two commits add
		reworked, kept int    // how many lines of the first file the second commit replaces, and how many it keeps
		want           string // names and files
	}{
		{"barely", 200, 200, 1, 40, "add-a-theme: f1 f2: first.scss shared.scss\nadd-a-page: f2: second.scss\n"},
		{"much", 200, 200, 39, 40, "add-a-page: f1 f2: first.scss second.scss shared.scss\n"},
		{"barely, and one made most", 400, 60, 1, 40,
			"add-a-theme: f1 f2: first.scss shared.scss\nadd-a-page: f2: second.scss\n"},
		{"small", 10, 10, 1, 10, "add-a-theme: f1 f2: first.scss second.scss shared.scss\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := replay(t, upstream+"commit f1 Add a theme\tfrom=u2 branch=fork\ncommit f2 Add a page\tbranch=fork\n"+files+
				"-- f1/first.scss --\n"+numbers("first", 0, tc.first)+"-- f1/shared.scss --\n"+numbers("shared", 0, tc.kept)+
				"-- f2/second.scss --\n"+numbers("second", 0, tc.second)+
				"-- f2/shared.scss --\n"+numbers("reworked", 0, tc.reworked)+numbers("shared", tc.reworked, tc.kept))
			steps, _ := f.trace(t, "u2", "f2", fork.Known{}, "u2")
			if got := f.show(steps); got != tc.want {
				t.Errorf("got\n%swant\n%s", got, tc.want)
			}
			for _, s := range steps {
				if large := s.Lines > 50; large != (s.Large != "") {
					t.Errorf("%s: %q", s.Name, s.Large)
				}
				if s.Large != "" && !strings.HasSuffix(s.Why, "; "+s.Large) {
					t.Errorf("%s: why %q", s.Name, s.Why)
				}
			}
		})
	}
}
