package history_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// zigzag breaks, heals, breaks again, and touches another file in between.
const zigzag = `commit 1 Begin
commit 2 Break it (#2)
commit 3 Other work (#3)
commit 4 Heal it (#4)
commit 5 More other work (#5)
commit 6 Break it again (#6)
commit 7 Move it away (#7)
commit 8 The end (#8)
-- 1/a.txt --
good
-- 2/a.txt --
bad
-- 3/z.txt --
3
-- 4/a.txt --
good
-- 5/z.txt --
5
-- 6/a.txt --
bad
-- 7.rm --
a.txt
-- 7/b.txt --
bad
-- 8/b.txt --
good
`

// byContent judges one change of a.txt by its content; without a.txt, b.txt decides.
type byContent struct {
	asked atomic.Int32
}

func (j *byContent) Subjects() []history.Subject {
	return []history.Subject{{Name: "it", Sum: "5a", Paths: []string{"a.txt"}}}
}

func (j *byContent) Key() string { return "by content" }

func (j *byContent) Judge(ctx context.Context, _ mainline.Commit, t *tree.Tree,
	landed map[string]verdict.Landing) ([]history.Judgement, error) {
	j.asked.Add(1)
	if landed["5a"].Holds() {
		return []history.Judgement{{Verdict: verdict.Landed}}, nil
	}
	var reads []string
	f, err := t.ReadFile(ctx, "a.txt")
	if errors.Is(err, fs.ErrNotExist) {
		reads = []string{"b.txt"}
		f, err = t.ReadFile(ctx, "b.txt")
	}
	if err != nil {
		return nil, err
	}
	judged := verdict.Clean
	if strings.TrimSpace(string(f.Data)) != "good" {
		judged = verdict.Conflict
	}
	return []history.Judgement{{Verdict: judged, Reads: reads}}, nil
}

func spans(c *history.Course) string {
	var b strings.Builder
	for _, f := range c.Timelines {
		for _, s := range f.Spans {
			fmt.Fprintf(&b, "%s %s %d", f.Name, s.Verdict, s.Commits)
			if s.By != nil {
				fmt.Fprintf(&b, " #%d", s.By.Pull)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func TestWalkNamesEachBreak(t *testing.T) {
	repo, ids := gittest.Repo(t, zigzag)
	up := mainline.Upstream{Repo: repo, Cache: t.TempDir()}
	line, err := up.Read(t.Context(), "", ids["8"])
	if err != nil {
		t.Fatal(err)
	}
	const want = "it clean 1\nit conflict 2 #2\nit clean 2 #4\nit conflict 2 #6\nit clean 1 #8\n"
	for _, run := range []string{"cold", "warm"} {
		judge := new(byContent)
		course, err := history.Walk(t.Context(), up, judge, history.Range{Line: line})
		if err != nil {
			t.Fatal(err)
		}
		if got := spans(course); got != want {
			t.Errorf("%s: got\n%swant\n%s", run, got, want)
		}
		if n := judge.asked.Load(); run == "warm" && n != 0 {
			t.Errorf("nothing is new, but %d states were judged again", n)
		}
		if got := course.Record(course.Timelines[0]); got != (history.Record{Commits: 4, Touches: 2, Breaks: 2}) {
			t.Errorf("%s: record %+v", run, got)
		}
	}
	judge := new(byContent)
	late := history.Range{Line: line[2:]}
	if _, err := history.Walk(t.Context(), up, judge, late); err != nil || judge.asked.Load() != 0 {
		t.Errorf("a part of the range: %v, %d judged again", err, judge.asked.Load())
	}
}

func TestWalkKnowsWhatLanded(t *testing.T) {
	repo, ids := gittest.Repo(t, zigzag)
	up := mainline.Upstream{Repo: repo}
	line, err := up.Read(t.Context(), "", ids["8"])
	if err != nil {
		t.Fatal(err)
	}
	landings := landed.Landings{"5a": {{By: line[2].By(), Undone: line[4].By()}, {By: line[6].By()}}}
	for from, want := range map[int]string{
		0: "it clean 1\nit conflict 1 #2\nit landed 2 #3\nit clean 1 #5\nit conflict 1 #6\nit landed 2 #7\n",
		3: "it landed 1 #3\nit clean 1 #5\nit conflict 1 #6\nit landed 2 #7\n",
		7: "it landed 1 #7\n",
	} {
		course, err := history.Walk(t.Context(), up, new(byContent), history.Range{Line: line[from:], Landings: landings})
		if err != nil {
			t.Fatal(err)
		}
		if got := spans(course); got != want {
			t.Errorf("from %d: got\n%swant\n%s", from, got, want)
		}
	}
	if now := landings.Now()["5a"]; !now.Holds() || now.By.Pull != 7 {
		t.Errorf("now: %+v", now)
	}
}
