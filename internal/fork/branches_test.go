package fork_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fork"
)

// TestMergedBranches: a branch that was made for one topic and is merged once is one change, named after it. Of other
// merges each commit stays for itself.
func TestMergedBranches(t *testing.T) {
	const one, each = "one", "each"
	for subject, want := range map[string]string{
		"Merge branch 'fairy_floss-theme' of github.com:someone/mastodon":               one,
		"Merge branch 'fairy_floss-theme' of github.com:someone/mastodon into main":     one,
		"Merge branch 'fairy_floss-theme' of https://git.example.org/someone/mastodon":  one,
		"Merge branch 'fairy_floss-theme'":                                              one,
		"Merge branch 'feature/fairy_floss-theme' into 'main'":                          one,
		"Merge remote-tracking branch 'someone/fairy_floss-theme'":                      one,
		"Merge branch 'main' of github.com:someone/mastodon":                            each,
		"Merge branch 'ours-dev' of github.com:someone/mastodon into main":              each,
		"Merge branch 'fork' of github.com:someone/mastodon into fork":                  each,
		"Merge remote-tracking branch 'origin/develop'":                                 each,
		"Merge branch '4.2.x' of github.com:someone/mastodon":                           each,
		"Bring in what someone has":                                                     each,
		"Merge branches 'fairy_floss-theme' and 'other' of github.com:someone/mastodon": each,
	} {
		f := replay(t, upstream+"commit f1 Begin\tfrom=u2 branch=fork\ncommit t1 Add colours\tfrom=u2 branch=topic\n"+
			"commit t2 Say hello\tbranch=topic\nmerge m1 "+subject+"\tfrom=f1 with=t2 branch=fork\n"+files+
			"-- f1/README --\nours\n-- t1/t.scss --\nt\n-- t2/b.rb --\nalpha\nbeta\ngamma\nDELTA\n"+
			"-- m1/t.scss --\nt\n-- m1/b.rb --\nalpha\nbeta\ngamma\nDELTA\n")
		steps, _ := f.trace(t, "u2", "m1", fork.Known{}, "u2")
		got := f.show(steps)
		if strings.Contains(got, "fairy-floss-theme: t1 t2 m1: b.rb t.scss\n") != (want == one) ||
			strings.Contains(got, "say-hello: t2: b.rb\n") != (want == each) {
			t.Errorf("%s: want %s, got\n%s", subject, want, got)
		}
	}
}

// TestBranchesMergedTwice: a branch that is merged again, that updates the fork, that has one commit, or that says
// nothing by its name.
func TestBranchesMergedTwice(t *testing.T) {
	const merge = "Merge branch 'our-work' of github.com:someone/mastodon"
	const joined = "-- m1/t.scss --\nt\n-- m1/x.rb --\nx\n"
	const begin = "commit f1 Begin\tfrom=u2 branch=fork\n"
	for name, test := range map[string]struct{ commits, files, tip, want, not string }{
		"again": {"commit t1 Add colours\tfrom=u2 branch=topic\ncommit t2 Say hello\tbranch=topic\n" +
			"merge m1 " + merge + "\tfrom=f1 with=t2 branch=fork\ncommit t3 Add more\tfrom=t2 branch=topic\n" +
			"merge m2 " + merge + "\tfrom=m1 with=t3 branch=fork\n",
			"-- t1/t.scss --\nt\n-- t2/b.rb --\nhello\n-- m1/t.scss --\nt\n-- m1/b.rb --\nhello\n-- t3/x.rb --\nx\n" +
				"-- m2/x.rb --\nx\n", "m2", "add-colours: t1: t.scss\n", "our-work"},
		"with upstream": {"commit t1 Add colours\tfrom=u1 branch=topic\n" +
			"merge t2 Merge branch 'main' into our-work\tfrom=t1 with=u2 branch=topic\ncommit t3 Add more\tbranch=topic\n" +
			"merge m1 " + merge + "\tfrom=f1 with=t3 branch=fork\n",
			"-- t1/t.scss --\nt\n-- t2/c.rb --\nnew upstream\n-- t3/x.rb --\nx\n" + joined, "m1",
			"add-colours: t1: t.scss\n", "our-work"},
		"one commit": {"commit t1 Add colours\tfrom=u2 branch=topic\n" +
			"merge m1 " + merge + "\tfrom=f1 with=t1 branch=fork\n",
			"-- t1/t.scss --\nt\n-- m1/t.scss --\nt\n", "m1", "add-colours: t1: t.scss\n", "our-work"},
		"without a name": {"commit t1 Add colours\tfrom=u2 branch=topic\ncommit t2 Say hello\tbranch=topic\n" +
			"merge m1 Merge branch 'patch-1' of github.com:someone/mastodon\tfrom=f1 with=t2 branch=fork\n",
			"-- t1/t.scss --\nt\n-- t2/x.rb --\nx\n" + joined, "m1",
			"add-colours: t1 t2 m1: t.scss x.rb\n", "patch-1"},
	} {
		t.Run(name, func(t *testing.T) {
			f := replay(t, upstream+begin+test.commits+files+"-- f1/README --\nours\n"+test.files)
			steps, _ := f.trace(t, "u2", test.tip, fork.Known{}, "u2")
			if got := f.show(steps); !strings.Contains(got, test.want) || strings.Contains(got, test.not) {
				t.Errorf("want %snot %s, got\n%s", test.want, test.not, got)
			}
		})
	}
}
