package fork_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fork"
	"github.com/howdah/howdah/internal/tree"
)

// TestPullsWithoutAMerge: commits that a pull request made, as its repository says, are one topic with its number.
func TestPullsWithoutAMerge(t *testing.T) {
	const begin = "commit f1 Begin\tfrom=u2 branch=fork\n"
	theme := numbers("line", 0, 60)
	for name, test := range map[string]struct {
		commits, files, tip string
		pulls               map[string]string // by a commit's name, or its subject: the pull request
		want                string
		large               string // what is said of the largest
	}{
		"rebased": {"commit f2 Add a theme\tbranch=fork\ncommit f3 Name it\tbranch=fork\n",
			"-- f2/t.scss --\n" + theme + "-- f3/themes.yml --\ntheme\n", "f3",
			map[string]string{"Add a theme": "#4", "Name it": "#4"}, "add-a-theme: f2 f3: t.scss themes.yml\n",
			"pull request #4 wrote 61 of its 61 lines"},
		"with another between": {"commit f2 Add a theme\tbranch=fork\ncommit x Say hello\tbranch=fork\n" +
			"commit f3 Name it\tbranch=fork\n",
			"-- f2/t.scss --\n" + theme + "-- x/b.rb --\nhello\n-- f3/themes.yml --\ntheme\n", "f3",
			map[string]string{"Add a theme": "#4", "Name it": "#4"}, "say-hello: x: b.rb\n",
			"pull request #4 wrote 61 of its 61 lines"},
		"the last commit of one": {"commit f2 Add a theme\tbranch=fork\n", "-- f2/t.scss --\n" + theme, "f2",
			map[string]string{"f2": "#7"}, "add-a-theme: f2: t.scss\n", "pull request #7 wrote 60 of its 60 lines"},
		"a branch that was merged by hand": {"commit t1 Add a theme\tfrom=u2 branch=topic\n" +
			"commit t2 Name it\tbranch=topic\n" +
			"merge m1 Bring in the theme\tfrom=f1 with=t2 branch=fork\n",
			"-- t1/t.scss --\n" + theme + "-- t2/themes.yml --\ntheme\n-- m1/t.scss --\n" + theme +
				"-- m1/themes.yml --\ntheme\n", "m1",
			map[string]string{"t2": "#5"}, "add-a-theme: t1 t2 m1: t.scss themes.yml\n", "pull request #5 wrote 61"},
		"a branch with a name": {"commit t1 Add a theme\tfrom=u2 branch=topic\ncommit t2 Name it\tbranch=topic\n" +
			"merge m1 Merge branch 'fairy-floss' of github.com:someone/mastodon\tfrom=f1 with=t2 branch=fork\n",
			"-- t1/t.scss --\n" + theme + "-- t2/themes.yml --\ntheme\n-- m1/t.scss --\n" + theme +
				"-- m1/themes.yml --\ntheme\n", "m1",
			map[string]string{"t2": "#5"}, "fairy-floss: t1 t2 m1: t.scss themes.yml\n", "pull request #5 wrote 61"},
		"a number in the subject": {"commit f2 Add a theme (#3)\tbranch=fork\n", "-- f2/t.scss --\n" + theme, "f2",
			map[string]string{"f2": "#7"}, "add-a-theme: f2: t.scss\n", "pull request #3 wrote 60 of its 60 lines"},
		"of none": {"commit f2 Add a theme\tbranch=fork\n", "-- f2/t.scss --\n" + theme, "f2", nil,
			"add-a-theme: f2: t.scss\n", "commit "},
	} {
		t.Run(name, func(t *testing.T) {
			f := replay(t, upstream+begin+test.commits+files+"-- f1/README --\nours\n"+test.files)
			steps, _ := f.trace(t, "u2", test.tip, fork.Known{Pull: func(id tree.ID, signature string) string {
				if n, ok := test.pulls[f.names[id]]; ok {
					return n
				}
				return test.pulls[signature[strings.LastIndexByte(signature, 0)+1:]]
			}}, "u2")
			if got := f.show(steps); !strings.Contains(got, test.want) {
				t.Errorf("want %sgot\n%s", test.want, got)
			}
			large := ""
			for _, s := range steps {
				large += s.Large
			}
			if !strings.Contains(large, test.large) {
				t.Errorf("want %q, got %q", test.large, large)
			}
		})
	}
}
