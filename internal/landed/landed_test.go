package landed_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// The change is always commit c, on commit 1: it adds two methods to list.rb. Each history continues from commit 1.
const beforeAll = `commit 1 Begin (#1)
commit c Add methods	from=1 branch=topic
`

const changed = `-- 1/list.rb --
class List
  def first
    items.first
  end

  def size
    items.size
  end

  def last
    items.last
  end
end
-- 1/other.rb --
class Other
end
-- c/list.rb --
class List
  def first
    items.first
  end

  def second_item
    items.at(1)
  end

  def size
    items.size
  end

  def last
    items.last
  end
end
`

const (
	without = `class List
  def first
    items.first
  end

  def size
    items.size
  end

  def last
    items.last
  end
end
`
	with = `class List
  def first
    items.first
  end

  def second_item
    items.at(1)
  end

  def size
    items.size
  end

  def last
    items.last
  end
end
`
)

func TestLanded(t *testing.T) {
	edited := strings.Replace(with, "items.at(1)", "items[1]", 1)
	movedOn := strings.Replace(with, "items.size\n", "items.length\n", 1)
	for _, c := range []struct {
		name, commits, files, want string
	}{
		{"never", "commit 2 Other (#2)\tfrom=1", "-- 2/other.rb --\nclass Other; end\n", ""},
		{"squashed", "commit 2 Add it (#2)\tfrom=1", "-- 2/list.rb --\n" + with, "by #2"},
		{"other white space", "commit 2 Add it (#2)\tfrom=1", "-- 2/list.rb --\n" + strings.Replace(with, "    items.at(1)",
			"\titems.at(1)", 1), "by #2"},
		{"merged after edits", "commit 2 Add it (#2)\tfrom=1", "-- 2/list.rb --\n" + edited, ""},
		{"in a bigger commit", "commit 2 Add it (#2)\tfrom=1",
			"-- 2/list.rb --\n" + with + "-- 2/other.rb --\nclass Other; end\n", ""},
		{"and the code moved on", "commit 2 Add it (#2)\tfrom=1\ncommit 3 Go on (#3)",
			"-- 2/list.rb --\n" + with + "-- 3/list.rb --\n" + movedOn, "by #2"},
		{"and was reverted", "commit 2 Add it (#2)\tfrom=1\ncommit 3 Revert it (#3)",
			"-- 2/list.rb --\n" + with + "-- 3/list.rb --\n" + without, "by #2, undone by #3"},
		{"reverted and landed again", "commit 2 Add it (#2)\tfrom=1\ncommit 3 Revert it (#3)\ncommit 4 Add it again (#4)",
			"-- 2/list.rb --\n" + with + "-- 3/list.rb --\n" + without + "-- 4/list.rb --\n" + with,
			"by #2, undone by #3; by #4"},
		{"reverted in a bigger commit", "commit 2 Add it (#2)\tfrom=1\ncommit 3 Clean up (#3)",
			"-- 2/list.rb --\n" + with + "-- 3/list.rb --\n" + strings.Replace(without, "class List\n", "class List < Array\n",
				1) + "-- 3/other.rb --\nclass Other; end\n", "by #2, undone by #3"},
		{"reverted after the code moved on", "commit 2 Add it (#2)\tfrom=1\ncommit 3 Go on (#3)\ncommit 4 Revert it (#4)",
			"-- 2/list.rb --\n" + with + "-- 3/list.rb --\n" + edited + "-- 4/list.rb --\n" + without, "by #2, undone by #4"},
		{"moved to another file", "commit 2 Add it (#2)\tfrom=1\ncommit 3 Move it (#3)",
			"-- 2/list.rb --\n" + with + "-- 3/list.rb --\n" + without +
				"-- 3/other.rb --\nclass Other\n  def second_item\n    items.at(1)\n  end\nend\n", "by #2"},
		{"by a merge commit", "commit s Side\tfrom=1 branch=side\n" +
			"merge 2 Merge pull request #2 from x/y\tfrom=1 with=s branch=main",
			"-- s/list.rb --\n" + with + "-- 2/list.rb --\n" + with, "by #2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			repo, ids := gittest.Repo(t, beforeAll+c.commits+"\n"+changed+c.files)
			up := mainline.Upstream{Repo: repo, Cache: t.TempDir()}
			tip, err := repo.Resolve(t.Context(), "main")
			if err != nil {
				t.Fatal(err)
			}
			whole := &series.Series{Changes: []*series.Change{{Name: "it", Sum: "5a", Kind: series.KindPull, Pull: "x/y#1",
				Commit: ids["c"]}}}
			in := apply.Inputs{Commit: tip, Sources: branchSources{repo, ids["1"]}}
			work, err := landed.WorkOf(t.Context(), up, whole, in)
			if err != nil {
				t.Fatal(err)
			}
			line, err := up.Read(t.Context(), ids["1"], tip)
			if err != nil {
				t.Fatal(err)
			}
			// At once, again with the cache, and commit by commit: the result is the same.
			for _, run := range []struct {
				how   string
				up    mainline.Upstream
				steps []tree.ID
			}{{"at once", up, []tree.ID{tip}}, {"again", up, []tree.ID{tip}},
				{"step by step", mainline.Upstream{Repo: repo, Cache: t.TempDir()}, commits(line)}} {
				var got landed.Landings
				for _, to := range run.steps {
					if got, err = landed.Find(t.Context(), run.up, work, to); err != nil {
						t.Fatal(err)
					}
				}
				if text := landings(got["5a"]); text != c.want {
					t.Errorf("%s: got %q, want %q", run.how, text, c.want)
				}
			}
		})
	}
}

// TestLandedRename: a file that is renamed and edited has landed, although upstream changed the rest of it before.
func TestLandedRename(t *testing.T) {
	var long strings.Builder
	for i := range 20 {
		fmt.Fprintf(&long, "line %d of some length\n", i)
	}
	text := func(top, bottom string) string {
		s := strings.Replace(long.String(), "line 2 ", top, 1)
		return strings.Replace(s, "line 17 ", bottom, 1)
	}
	repo, ids := gittest.Repo(t, "commit 1 Begin (#1)\ncommit c Rename\tfrom=1 branch=topic\n"+
		"commit 2 Other (#2)\tfrom=1\ncommit 3 Rename it (#3)\n"+
		"-- 1/a.txt --\n"+text("line 2 ", "line 17 ")+
		"-- c.rm --\na.txt\n-- c/b.txt --\n"+text("line two ", "line 17 ")+
		"-- 2/a.txt --\n"+text("line 2 ", "line seventeen ")+
		"-- 3.rm --\na.txt\n-- 3/b.txt --\n"+text("line two ", "line seventeen "))
	up := mainline.Upstream{Repo: repo}
	pull := &series.Change{Name: "it", Sum: "5a", Kind: series.KindPull, Pull: "x/y#1", Commit: ids["c"]}
	data, err := repo.Run(t.Context(), "diff", "-M", "--full-index", string(ids["1"]), string(ids["c"]))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := series.Load([]series.Folder{{Name: "patches", FS: fstest.MapFS{"rename.patch": {Data: data}}}})
	if err != nil {
		t.Fatal(err)
	}
	whole.Changes = append(whole.Changes, pull)
	work,
		err := landed.WorkOf(t.Context(), up, whole, apply.Inputs{Commit: ids["3"], Sources: branchSources{repo, ids["1"]}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := landed.Find(t.Context(), up, work, ids["3"])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range whole.Changes {
		if text := landings(got[c.Sum]); text != "by #3" {
			t.Errorf("%s %s: got %q, want by #3", c.Kind, c.Name, text)
		}
	}
}

func commits(line mainline.Line) []tree.ID {
	var out []tree.ID
	for _, c := range line {
		out = append(out, c.ID)
	}
	return out
}

func landings(all []verdict.Landing) string {
	var out []string
	for _, l := range all {
		text := fmt.Sprintf("by #%d", l.By.Pull)
		if l.Undone != nil {
			text += fmt.Sprintf(", undone by #%d", l.Undone.Pull)
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

// branchSources has branches of the repository itself, all on one base.
type branchSources struct {
	repo interface {
		At(ctx context.Context, commit tree.ID) (*tree.Tree, error)
	}
	base tree.ID
}

func (s branchSources) Commit(ctx context.Context, _ string, commit tree.ID) (*tree.Tree, error) {
	return s.repo.At(ctx, commit)
}

func (s branchSources) Pull(ctx context.Context, c *series.Change) (base, head *tree.Tree, err error) {
	if base, err = s.repo.At(ctx, s.base); err != nil {
		return nil, nil, err
	}
	head, err = s.repo.At(ctx, c.Commit)
	return base, head, err
}
