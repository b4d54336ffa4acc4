package bench

import (
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// TestBreakingCommits compares the commit that is named for each change that does not apply with a scan that asks git
// at every commit since the change's base, one by one: the first since which git has always failed, or, for a file
// that is gone, since which it has been missing and git found no rename to follow either.
func TestBreakingCommits(t *testing.T) {
	c := openCorpus(t)
	base, err := c.repo.At(t.Context(), c.tip)
	if err != nil {
		t.Fatal(err)
	}
	am := newSparse(t, c)
	failing := 0
	for _, change := range c.changes {
		data, err := c.patchOf(t, change)
		if err != nil || len(data) == 0 {
			continue
		}
		series := alone(change)
		r, err := apply.Apply(t.Context(), series, apply.Inputs{Base: base, Commit: c.tip, Sources: c.sources})
		if err != nil {
			t.Fatal(err)
		}
		o := &r.Outcomes[0]
		if !o.Verdict.Fails() {
			continue
		}
		failing++
		work, err := landed.WorkOf(t.Context(), c.up, series, apply.Inputs{Commit: c.tip, Sources: c.sources})
		if err != nil {
			t.Fatal(err)
		}
		q := history.Question{Series: series, Settings: c.settings(), Work: work, Pin: c.tip}
		if r, err = history.Explain(t.Context(), c.up, q, r); err != nil {
			t.Fatal(err)
		}
		o = &r.Outcomes[0]
		want := c.scan(t, am, change, o, data)
		if o.By == nil {
			t.Errorf("%s: %s, and nobody did it; the scan says %s", change.Name, o.Verdict, want)
			continue
		}
		t.Logf("%-40s %-8s %s #%d %s", change.Name, o.Verdict, o.By.ID.Short(), o.By.Pull, o.By.Subject)
		if o.By.ID != want {
			t.Errorf("%s: %s by %s, the scan says %s", change.Name, o.Verdict, o.By.ID, want)
		}
	}
	t.Logf("%d changes fail", failing)
	if failing == 0 {
		t.Error("nothing fails: the test proves nothing")
	}
}

// scan goes through every commit that touches the change's files, oldest first.
func (c *corpus) scan(t *testing.T, am *sparse, change *series.Change, o *verdict.Outcome, data []byte) tree.ID {
	t.Helper()
	pull, err := c.sources.find(t.Context(), change.Commit)
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Fields(c.git(nil, "diff", "--name-only", "--no-renames", string(pull.Base), string(pull.Head)))
	since := c.git(nil, "merge-base", string(c.tip), string(change.Commit))
	var began tree.ID
	for i := 0; i < len(files); i++ { // what upstream renamed a file to counts as the file
		touching := c.git(nil, "rev-list", "--first-parent", since+".."+string(c.tip), "--", files[i])
		for _, id := range strings.Fields(touching) {
			for line := range strings.Lines(c.git(nil, "diff", "--name-status", "-M", "--diff-filter=R", id+"^1", id)) {
				names := strings.Split(strings.TrimSpace(line), "\t")
				if len(names) == 3 && names[1] == files[i] && !slices.Contains(files, names[2]) {
					files = append(files, names[2])
				}
			}
		}
	}
	args := append([]string{"rev-list", "--first-parent", "--reverse", since + ".." + string(c.tip), "--"}, files...)
	for _, id := range strings.Fields(c.git(nil, args...)) {
		bad := false
		if o.Verdict == verdict.Gone {
			bad = slices.ContainsFunc(o.At, func(p verdict.Place) bool {
				return p.Line == 0 && c.git(nil, "ls-tree", id, "--", p.File) == ""
			})
			if bad {
				_, ok := am.am3(tree.ID(id), data)
				bad = !ok
			}
		} else {
			_, ok := c.apply3(tree.ID(id), data)
			bad = !ok
		}
		switch {
		case !bad:
			began = ""
		case began == "":
			began = tree.ID(id)
		}
	}
	return began
}

// BenchmarkExplain finds who broke each change of the corpus that does not apply, each in a series of its own.
func BenchmarkExplain(b *testing.B) {
	c := openCorpus(b)
	base, err := c.repo.At(b.Context(), c.tip)
	if err != nil {
		b.Fatal(err)
	}
	failing := 0
	for b.Loop() {
		failing = 0
		for _, w := range c.work(b) {
			i := slices.IndexFunc(c.changes, func(change *series.Change) bool { return change.Sum == w.Sum })
			series := &series.Series{Changes: c.changes[i : i+1]}
			r, err := apply.Apply(b.Context(), series, apply.Inputs{Base: base, Commit: c.tip, Sources: c.sources})
			if err != nil {
				b.Fatal(err)
			}
			if r.OK() {
				continue
			}
			failing++
			q := history.Question{Series: series, Settings: c.settings(), Work: []landed.Work{w}, Pin: c.tip}
			if _, err := history.Explain(b.Context(), (mainline.Upstream{Repo: c.repo}), q, r); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(failing), "changes")
}
