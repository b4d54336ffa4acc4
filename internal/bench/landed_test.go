package bench

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
)

// work is what all changes of the corpus do, those left out that cannot be told from upstream's own work.
func (c *corpus) work(tb testing.TB) []landed.Work {
	tb.Helper()
	series := &series.Series{}
	for _, change := range c.changes {
		data, err := c.patchOf(tb, change)
		if err != nil {
			tb.Fatal(err)
		}
		if len(data) > 0 {
			series.Changes = append(series.Changes, change)
		}
	}
	work, err := landed.WorkOf(tb.Context(), c.up, series, apply.Inputs{Commit: c.tip, Sources: c.sources})
	if err != nil {
		tb.Fatal(err)
	}
	return work
}

// TestLanded compares what is found to have landed with git's own patch-ids of all of upstream's commits.
func TestLanded(t *testing.T) {
	c := openCorpus(t)
	work := c.work(t)
	begin := time.Now()
	landings, err := landed.Find(t.Context(), c.up, work, c.tip)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d changes searched for in %.2f s", len(work), time.Since(begin).Seconds())
	ids := c.patchIDs(t, c.oldest(work))
	found := 0
	for _, change := range c.changes {
		data, err := c.patchOf(t, change)
		if err != nil || len(data) == 0 {
			continue
		}
		pull, err := c.sources.find(t.Context(), change.Commit)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		out := c.git(nil, "diff", "--no-renames", "--full-index", string(pull.Base), string(pull.Head))
		for _, commit := range ids[firstWord(c.git([]byte(out+"\n"), "patch-id", "--stable"))] {
			if base := c.git(nil, "merge-base", string(c.tip), string(change.Commit)); c.after(base, commit) {
				want = append(want, commit)
			}
		}
		var got []string
		for _, l := range landings[change.Sum] {
			got = append(got, string(l.By.ID))
			t.Logf("%-40s %s #%d %s", change.Name, l.By.ID.Short(), l.By.Pull, l.By.Subject)
			if l.Undone != nil {
				t.Logf("%-40s   taken back by %s %s", "", l.Undone.ID.Short(), l.Undone.Subject)
			}
			found++
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: found %q, git's patch-ids say %q", change.Name, got, want)
		}
	}
	t.Logf("%d landings", found)
	if found == 0 {
		t.Error("nothing has landed: the test proves nothing")
	}
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

// after says whether commit is not yet in base.
func (c *corpus) after(base, commit string) bool {
	_, contained := c.try(nil, "merge-base", "--is-ancestor", commit, base)
	return !contained
}

// oldest is a commit before all that the changes are based on.
func (c *corpus) oldest(work []landed.Work) string {
	args := []string{"merge-base", "--octopus"}
	for _, w := range work {
		args = append(args, string(w.Since))
	}
	return c.git(nil, args...)
}

// patchIDs are git's patch-ids of all first-parent commits since one.
func (c *corpus) patchIDs(tb testing.TB, since string) map[string][]string {
	tb.Helper()
	out := map[string][]string{}
	for line := range strings.Lines(c.allPatchIDs(tb, since)) {
		id, commit, _ := strings.Cut(strings.TrimSpace(line), " ")
		out[id] = append([]string{commit}, out[id]...)
	}
	return out
}

// allPatchIDs is what somebody would type.
func (c *corpus) allPatchIDs(tb testing.TB, since string) string {
	tb.Helper()
	log := exec.CommandContext(tb.Context(), "git", "log", "-p", "--first-parent", "-m", "--no-renames", "--full-index",
		since+".."+string(c.tip))
	ids := exec.CommandContext(tb.Context(), "git", "patch-id", "--stable")
	log.Env, ids.Env = c.env, c.env
	pipe, err := log.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	ids.Stdin, ids.Stdout = pipe, &out
	for _, step := range []func() error{log.Start, ids.Run, log.Wait} {
		if err := step(); err != nil {
			tb.Fatal(err)
		}
	}
	return out.String()
}

// BenchmarkLanded looks for all changes in all of upstream's history since their bases.
func BenchmarkLanded(b *testing.B) {
	c := openCorpus(b)
	work := c.work(b)
	b.Run("howdah", func(b *testing.B) {
		for b.Loop() {
			if _, err := landed.Find(b.Context(), (mainline.Upstream{Repo: c.repo}), work, c.tip); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(work)), "changes")
	})
	b.Run("howdah-nothing-new", func(b *testing.B) {
		if _, err := landed.Find(b.Context(), c.up, work, c.tip); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := landed.Find(b.Context(), c.up, work, c.tip); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("git-log+patch-id", func(b *testing.B) {
		for b.Loop() {
			c.allPatchIDs(b, c.oldest(work))
		}
	})
}
