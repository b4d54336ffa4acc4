package bench

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// every is how many of upstream's commits lie between two that are taken as changes.
const every = 40

// TestUpstreamsOwn takes upstream's own commits of three years as changes that somebody sent before, since of these it
// is known what became of them: each has landed as the commit that it is, with its number; none that upstream merged
// after an edit to one of its lines, or without one of its files, may be said to have landed; and each that upstream
// reverted, by git's patch-id of the reverse diff, is said to be taken back by that commit.
func TestUpstreamsOwn(t *testing.T) {
	c := openCorpus(t)
	line := c.threeYears(t)
	at := map[tree.ID]int{}
	for i, commit := range line {
		at[commit.ID] = i
	}
	reverted := c.reverted(t, line, at)
	var work []landed.Work
	index := map[string]int{}
	kinds := map[string]int{}
	add := func(kind string, i int, files []*diff.File) {
		sum := fmt.Sprintf("%s %d", kind, i)
		work, index[sum] = append(work, landed.Work{Sum: sum, Since: line[i].Parent, Files: files}), i
		kinds[kind]++
	}
	for i, commit := range line {
		if i%every > 0 && reverted[commit.ID] == "" || i == 0 {
			continue
		}
		files := c.did(t, commit.ID)
		if len(files) == 0 {
			continue
		}
		add("whole", i, files)
		if fewer := files[:len(files)-1]; len(fewer) > 0 {
			add("part", i, fewer)
		}
		if edited := c.did(t, commit.ID); edit(edited) {
			add("edited", i, edited)
		}
	}
	begin := time.Now()
	landings, err := landed.Find(t.Context(), c.up, work, c.tip)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d changes searched for in %.2f s", len(work), time.Since(begin).Seconds())
	found, back := 0, 0
	for _, w := range work {
		kind, _, _ := strings.Cut(w.Sum, " ")
		commit, all := line[index[w.Sum]], landings[w.Sum]
		if kind != "whole" {
			for _, l := range all {
				t.Errorf("%s of %s %q: claimed to have landed as %s %q", kind, commit.ID.Short(), commit.Subject, l.By.ID.Short(),
					l.By.Subject)
			}
			continue
		}
		if len(all) == 0 || all[0].By.ID != commit.ID || all[0].By.Pull != commit.Pull() {
			t.Errorf("%s %q has landed as itself, found %d landings", commit.ID.Short(), commit.Subject, len(all))
			continue
		}
		found++
		want, undone := reverted[commit.ID], all[0].Undone
		switch {
		case want == "" && undone == nil:
		case undone != nil && (undone.ID == want || want == ""):
			t.Logf("%s %q: taken back by %s %q", commit.ID.Short(), commit.Subject, undone.ID.Short(), undone.Subject)
			back++
		case undone == nil:
			t.Errorf("%s %q: %s is its reverse, and it is said to hold", commit.ID.Short(), commit.Subject, want.Short())
		case at[undone.ID] < at[want]:
			t.Logf("%s %q: taken back by %s %q, before its reverse %s", commit.ID.Short(), commit.Subject, undone.ID.Short(),
				undone.Subject, want.Short())
			back++
		default:
			t.Errorf("%s %q: taken back by %s, said to be by %s", commit.ID.Short(), commit.Subject, want.Short(),
				undone.ID.Short())
		}
	}
	t.Logf("whole: %d of %d found · edited: %d, part: %d, none may be claimed · %d reverted, %d taken back", found,
		kinds["whole"], kinds["edited"], kinds["part"], len(reverted), back)
	if found == 0 || len(reverted) == 0 || kinds["edited"] == 0 || kinds["part"] == 0 {
		t.Error("a kind is missing: the test proves nothing")
	}
}

// threeYears is upstream's history of three years.
func (c *corpus) threeYears(t *testing.T) mainline.Line {
	t.Helper()
	now, err := time.Parse(time.RFC3339, c.git(nil, "log", "-1", "--format=%cI", string(c.tip)))
	if err != nil {
		t.Fatal(err)
	}
	from, err := c.up.Since(t.Context(), c.tip, now.AddDate(-3, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	line, err := c.up.Read(t.Context(), from, c.tip)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// reverted are the commits that a later one is the reverse of, by git's patch-ids.
func (c *corpus) reverted(t *testing.T, line mainline.Line, at map[tree.ID]int) map[tree.ID]tree.ID {
	t.Helper()
	ids := c.patchIDs(t, string(line[0].Parent))
	out := map[tree.ID]tree.ID{}
	for i, commit := range line {
		if !strings.Contains(strings.ToLower(commit.Subject), "revert") {
			continue
		}
		reverse := c.git(nil, "diff", "--no-renames", "--full-index", string(commit.ID), string(commit.Parent))
		for _, id := range ids[firstWord(c.git([]byte(reverse+"\n"), "patch-id", "--stable"))] {
			if first, known := at[tree.ID(id)]; known && first < i && out[tree.ID(id)] == "" {
				out[tree.ID(id)] = commit.ID
			}
		}
	}
	return out
}

// did is what a commit did, as a patch has it.
func (c *corpus) did(t *testing.T, commit tree.ID) []*diff.File {
	t.Helper()
	out := c.git(nil, "diff", "--no-renames", "--full-index", "--binary", string(commit)+"^1", string(commit))
	if out == "" {
		return nil
	}
	files, err := diff.Parse([]byte(out + "\n"))
	if err != nil {
		t.Fatalf("%s: %v", commit, err)
	}
	return files
}

// edit changes one line that a diff adds, and says whether there was one.
func edit(files []*diff.File) bool {
	for _, f := range files {
		for _, h := range f.Hunks {
			for i, l := range h.Lines {
				if l.Op == '+' && len(strings.TrimSpace(string(l.Text))) > 8 {
					h.Lines[i].Text = append([]byte("edited "), l.Text...)
					return true
				}
			}
		}
	}
	return false
}
