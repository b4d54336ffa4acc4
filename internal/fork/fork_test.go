package fork_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fork"
	"github.com/howdah/howdah/internal/tree"
)

// upstream is the history that all forks of these tests start from.
const upstream = `commit u1 Begin
commit u2 Go on (#11)
`

const files = `-- u1/a.rb --
one
two
three
four
five
six
seven
eight
-- u1/b.rb --
alpha
beta
gamma
delta
-- u2/c.rb --
new upstream
`

func TestTopics(t *testing.T) {
	for _, tc := range []struct {
		name, commits, files, base, tip string
		heads                           []string
		known                           fork.Known
		want                            string
	}{
		{
			name:    "two commits that have nothing to do with each other",
			commits: "commit f1 Raise the limit\tfrom=u2 branch=fork\ncommit f2 Say hello\tbranch=fork\n",
			files:   "-- f1/a.rb --\nONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n-- f2/b.rb --\nalpha\nbeta\ngamma\nDELTA\n",
			base:    "u2", tip: "f2", heads: []string{"u2"},
			want: "raise-the-limit: f1: a.rb\nsay-hello: f2: b.rb\n",
		},
		{
			name:    "two commits in neighbouring lines of one file",
			commits: "commit f1 Raise the limit\tfrom=u2 branch=fork\ncommit f2 Say hello\tbranch=fork\n",
			files: "-- f1/a.rb --\none\ntwo\nTHREE\nfour\nfive\nsix\nseven\neight\n-- f2/a.rb --\none\ntwo\nTHREE\nFOUR\n" +
				"and more\nfive\nsix\nseven\neight\n",
			base: "u2", tip: "f2", heads: []string{"u2"},
			want: "raise-the-limit: f1: a.rb\nsay-hello: f2: a.rb\n",
		},
		{
			name:    "two topics of one title",
			commits: "commit f1 Raise the limit\tfrom=u2 branch=fork\ncommit f2 Raise the limit\tbranch=fork\n",
			files:   "-- f1/a.rb --\nONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n-- f2/b.rb --\nalpha\nbeta\ngamma\nDELTA\n",
			base:    "u2", tip: "f2", heads: []string{"u2"},
			want: "raise-the-limit: f1: a.rb\nraise-the-limit-b: f2: b.rb\n",
		},
		{
			name:    "a commit that reworks another's lines",
			commits: "commit f1 Add a theme 1.0\tfrom=u2 branch=fork\ncommit f2 Add a theme 1.1\tbranch=fork\n",
			files: "-- f1/a.rb --\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nt1\nt2\nt3\n-- f2/a.rb --\none\ntwo\n" +
				"three\nfour\nfive\nsix\nseven\neight\nt1\nT2\nt3\n",
			base: "u2", tip: "f2", heads: []string{"u2"},
			want: "add-a-theme: f1 f2: a.rb\n",
		},
		{
			name:    "commits that live in the same new file",
			commits: "commit f1 Add a file\tfrom=u2 branch=fork\ncommit f2 Add to the file\tbranch=fork\n",
			files:   "-- f1/new.rb --\nn1\nn2\n-- f2/new.rb --\nn1\nn2\nn3\n",
			base:    "u2", tip: "f2", heads: []string{"u2"},
			want: "add-a-file: f1 f2: new.rb\n",
		},
		{
			name: "what a later commit took back is not there",
			commits: "commit f1 Try something\tfrom=u2 branch=fork\ncommit f2 Revert \"Try something\"\tbranch=fork\n" +
				"commit f3 Say hello\tbranch=fork\n",
			files: "-- f1/a.rb --\nTRY\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n-- f2/a.rb --\none\ntwo\nthree\nfour\n" +
				"five\nsix\nseven\neight\n" +
				"-- f3/b.rb --\nalpha\nbeta\ngamma\nDELTA\n",
			base: "u2", tip: "f3", heads: []string{"u2"},
			want: "say-hello: f3: b.rb\n",
		},
		{
			name: "a merge with a conflict that was resolved in it",
			commits: "commit f1 Raise the limit\tfrom=u1 branch=fork\ncommit u3 Rename the limit\tfrom=u2\n" +
				"merge m1 Merge branch 'main' of upstream\tfrom=f1 with=u3 take=with branch=fork\n",
			files: "-- f1/a.rb --\none\ntwo\nthree\nlimit 9\nfive\nsix\nseven\neight\n-- u3/a.rb --\none\ntwo\nthree\nFOUR\n" +
				"five\nsix\nseven\neight\n" +
				"-- m1/a.rb --\none\ntwo\nthree\nLIMIT 9\nfive\nsix\nseven\neight\n",
			base: "u3", tip: "m1", heads: []string{"u3"},
			want: "raise-the-limit: f1 merges m1: a.rb\n",
		},
		{
			name: "an evil merge is shown as such",
			commits: "commit f1 Raise the limit\tfrom=u1 branch=fork\ncommit u3 Rename the limit\tfrom=u2\n" +
				"merge m1 Merge branch 'main' of upstream\tfrom=f1 with=u3 take=with branch=fork\n",
			files: "-- f1/a.rb --\nONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n-- u3/a.rb --\none\ntwo\nthree\nfour\n" +
				"five\nsix\nseven\nEIGHT\n" +
				"-- m1/a.rb --\nONE\ntwo\nthree\nfour\nfive\nsix\nseven\nEIGHT\n-- m1/evil.rb --\nnobody committed this\n",
			base: "u3", tip: "m1", heads: []string{"u3"},
			want: "raise-the-limit: f1: a.rb\nwritten-by-merges:  merges m1: evil.rb\n",
		},
		{
			name: "a pull request of the fork's, and one that merged upstream",
			commits: "commit f1 wip\tfrom=u1 branch=topic\ncommit f2 more wip\tbranch=topic\n" +
				"commit f0 Begin the fork\tfrom=u1 branch=fork\n" +
				"merge m1 Merge pull request #7 from someone/topic\tfrom=f0 with=f1 branch=fork\n" +
				"merge s1 Merge branch 'main' into sync\tfrom=m1 with=u2 branch=sync\ncommit s2 Adapt to upstream\tbranch=sync\n" +
				"merge m2 Merge pull request #8 from someone/sync\tfrom=m1 with=s2 take=with branch=fork\n",
			files: "-- f1/new.rb --\nn1\n-- f2/new.rb --\nn2\n-- f0/README --\nours\n-- m1/new.rb --\nn1\n-- s1/c.rb --\n" +
				"new upstream\n" +
				"-- s2/b.rb --\nalpha\nbeta\nGAMMA\ndelta\n-- m2/c.rb --\nnew upstream\n",
			base: "u2", tip: "m2", heads: []string{"u2"},
			want: "topic: f1 m1: new.rb\nbegin-the-fork: f0: README\nadapt-to-upstream: s2: b.rb\n",
		},
		{
			name:    "a squash of a pull request",
			commits: "commit f1 Bookmarks for everyone (#419)\tfrom=u2 branch=fork\n",
			files:   "-- f1/new.rb --\nn1\n",
			base:    "u2", tip: "f1", heads: []string{"u2"},
			want: "bookmarks-for-everyone: f1: new.rb\n",
		},
		{
			name:    "a file that the fork moved",
			commits: "commit f1 Raise the limit\tfrom=u2 branch=fork\ncommit f2 Move it\tbranch=fork\n",
			files: "-- f1/a.rb --\nONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n-- f2.rm --\na.rb\n-- f2/lib/a.rb --\n" +
				"ONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n",
			base: "u2", tip: "f2", heads: []string{"u2"},
			want: "raise-the-limit: f1: lib/a.rb\n",
		},
		{
			name: "a fork that merged an old release which upstream does not show",
			commits: "commit r1 Bump version\tfrom=u1 branch=stable\ncommit f1 Raise the limit\tfrom=u1 branch=fork\n" +
				"merge m1 Merge tag 'v1.0.1' into fork\tfrom=f1 with=r1 branch=fork\n" +
				"merge m2 Merge branch 'main' into fork\tfrom=m1 with=u2 branch=fork\n",
			files: "-- r1/version.rb --\n1.0.1\n-- f1/a.rb --\nONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n" +
				"-- m1/version.rb --\n1.0.1\n-- m2/c.rb --\nnew upstream\n",
			base: "u2", tip: "m2", heads: []string{"u2"},
			want: "upstream-s-release-v1-0-1: r1: version.rb\nraise-the-limit: f1: a.rb\n",
		},
		{
			name:    "a commit that was picked from upstream",
			commits: "commit f1 Raise the limit\tfrom=u1 branch=fork\ncommit f2 Fix it (#12)\tbranch=fork\n",
			files:   "-- f1/a.rb --\nONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n-- f2/b.rb --\nalpha\nbeta\nfixed\ndelta\n",
			base:    "u1", tip: "f2", heads: []string{"u1"},
			known: fork.Known{Copied: func(s string) bool { return strings.HasSuffix(s, "\x00Fix it (#12)") }},
			want:  "raise-the-limit: f1: a.rb\nfix-it-12: f2: b.rb\n",
		},
		{
			name:    "generated files, workflows and binaries",
			commits: "commit f1 Add a language\tfrom=u2 branch=fork\n",
			files: "-- f1/config/locales/en.yml --\nen: 1\n-- f1/Gemfile.lock --\nGEM\n-- f1/public/packs/x.js --\nx\n" +
				"-- f1/.github/workflows/ci.yml --\non: push\n" +
				"-- f1/app/x.rb --\nx\n-- f1/logo.png --\n\x00PNG\n-- f1.ln --\nlink app/x.rb\n-- f1.x --\na.rb\n",
			base: "u2", tip: "f1", heads: []string{"u2"},
			want: "add-a-language: f1: a.rb app/x.rb link logo.png\n" +
				"github-workflows: f1: .github/workflows/ci.yml\nlock-files: f1: Gemfile.lock\n" +
				"locales: f1: config/locales/en.yml\ncompiled-files: f1: public/packs/x.js\n",
		},
		{
			name:    "a file that turned into a link, one that made room for a folder, one that the fork removed",
			commits: "commit f1 Turn it\tfrom=u2 branch=fork\n",
			files:   "-- f1.rm --\nb.rb\nc.rb\n-- f1.ln --\na.rb other\n-- f1/b.rb/inner.rb --\nx\n",
			base:    "u2", tip: "f1", heads: []string{"u2"},
			want: "turn-it-first: f1: a.rb b.rb b.rb/inner.rb c.rb\nturn-it: f1: a.rb b.rb b.rb/inner.rb c.rb\n",
		},
		{
			name:    "a last line without a line feed, by two commits",
			commits: "commit f1 Add a tail\tfrom=u2 branch=fork\ncommit f2 Add another\tbranch=fork\n",
			files: "-- f1/b.rb --\nalpha\nbeta\ngamma\ndelta\ntail\n-- f2/b.rb --\nhead\nalpha\nbeta\ngamma\ndelta\ntail\n" +
				"end\n",
			base: "u2", tip: "f2", heads: []string{"u2"},
			want: "add-a-tail: f1: b.rb\nadd-another: f2: b.rb\n",
		},
		{
			name: "titles that no name can be made of, and the same twice",
			commits: "commit f1 日本語\tfrom=u2 branch=fork\ncommit f2 Fix\tbranch=fork\ncommit f3 Fix\tbranch=fork\n" +
				"commit f4 Add: #12 絵文字\tbranch=fork\ncommit f5 Say it\tbranch=fork\ncommit f6 Say it\tbranch=fork\n" +
				"commit f7 Merge upstream changes\tbranch=fork\ncommit f8 Fix Zoë's page\tbranch=fork\n",
			files: "-- f1/x.rb --\nx\n-- f2/y.rb --\ny\n-- f3/z.rb --\nz\n-- f4/app/lib/emoji_list/a.rb --\na\n" +
				"-- f4/app/lib/emoji_list/b.rb --\nb\n-- f5/s.rb --\ns\n-- f6/t.rb --\nt\n-- f7/u_v.rb --\nu\n-- f8/w.rb --\nw\n",
			base: "u2", tip: "f8", heads: []string{"u2"},
			want: "x-4496b9d6e: f1: x.rb\nfix-y: f2: y.rb\nfix-z: f3: z.rb\n" +
				"add-emoji-list-ffb97ff7b: f4: app/lib/emoji_list/a.rb app/lib/emoji_list/b.rb\n" +
				"say-it: f5: s.rb\nsay-it-2: f6: t.rb\nmerge-upstream-changes-u-v: f7: u_v.rb\nfix-zoe-s-page: f8: w.rb\n",
		},
		{
			name: "an octopus",
			commits: "commit f1 Raise the limit\tfrom=u2 branch=fork\ncommit f2 Say hello\tfrom=u2 branch=two\n" +
				"commit f3 Say more\tfrom=u2 branch=three\n" +
				"merge m1 Merge branches 'two' and 'three'\tfrom=f1 with=f2,f3 branch=fork\n",
			files: "-- f1/a.rb --\nONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n-- f2/b.rb --\nalpha\nBETA\ngamma\ndelta\n" +
				"-- f3/x.rb --\nx\n" +
				"-- m1/b.rb --\nalpha\nBETA\ngamma\ndelta\n-- m1/x.rb --\nx\n",
			base: "u2", tip: "m1", heads: []string{"u2"},
			want: "raise-the-limit: f1: a.rb\nsay-hello: f2: b.rb\nsay-more: f3: x.rb\n",
		},
		{
			name:    "a branch that is equal to upstream",
			commits: "commit f1 Try something\tfrom=u2 branch=fork\ncommit f2 Take it back\tbranch=fork\n",
			files:   "-- f1/c.rb --\ntry\n-- f2/c.rb --\nnew upstream\n",
			base:    "u2", tip: "f2", heads: []string{"u2"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := replay(t, upstream+tc.commits+files+tc.files)
			steps, traced := f.trace(t, tc.base, tc.tip, tc.known, tc.heads...)
			if got := f.show(steps); got != tc.want {
				t.Errorf("got\n%swant\n%s", got, tc.want)
			}
			if lost := traced.Lost(); len(lost) > 0 {
				t.Errorf("lost: %v", lost)
			}
		})
	}
}

// TestWhy: a change's why quotes the subjects of its commits.
func TestWhy(t *testing.T) {
	f := replay(t, upstream+"commit f1 Add a\u202e theme 1.0\tfrom=u2 branch=fork\n"+
		"commit f2 Bookmarks (#419)\tbranch=fork\n"+files+"-- f1/x.rb --\nx\n-- f2/y.rb --\ny\n")
	steps, _ := f.trace(t, "u2", "f2", fork.Known{}, "u2")
	var got []string
	for _, s := range steps {
		got = append(got, s.Why+"|"+s.Pull)
	}
	if want := []string{"Add a theme 1.0|", "Bookmarks (#419)|#419"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLost: a file that cannot be read, or that no change may touch, is left out and reported.
func TestLost(t *testing.T) {
	f := replay(t, upstream+"commit f1 Add two\tfrom=u2 branch=fork\n"+files+"-- f1/x.rb --\nx\n-- f1/y.rb --\ny\n")
	ctx := context.Background()
	list, err := tree.Compare(ctx, f.at(t, "u2"), f.at(t, "f1"))
	if err != nil {
		t.Fatal(err)
	}
	deltas, err := fork.Deltas(ctx, list, f.repo, nil)
	if err != nil {
		t.Fatal(err)
	}
	deltas[0].New.ID = tree.ID(strings.Repeat("ab", 20))
	refuse := func(d fork.Delta, _ string) error {
		if d.Path == "y.rb" {
			return fmt.Errorf("%s is forbidden", d.Path)
		}
		return nil
	}
	traced, err := fork.Trace(ctx, fork.Fork{Deltas: deltas, Refuse: refuse}, f.repo)
	if err != nil {
		t.Fatal(err)
	}
	lost := traced.Lost()
	if len(lost) != 2 || !strings.Contains(lost["x.rb"].Error(), "is not found") ||
		lost["y.rb"].Error() != "y.rb is forbidden" {
		t.Errorf("lost: %v", lost)
	}
	if topics := traced.Topics(fork.DefaultLimits); len(topics) != 0 {
		t.Errorf("%d topics of nothing", len(topics))
	}
}
