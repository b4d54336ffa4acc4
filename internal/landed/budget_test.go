package landed

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// plenty is a budget that no search uses up.
var plenty = budget{math.MaxInt / 2, math.MaxInt / 2, math.MaxInt / 2, math.MaxInt / 2}

// versions is a repository whose commits 1, 2, … have a file's versions; each has another file too where more says so.
func versions(t *testing.T, texts []string, more map[int]bool) (mainline.Upstream, tree.ID) {
	t.Helper()
	commits, files := "", ""
	for i, text := range texts {
		commits += fmt.Sprintf("commit %d Go on (#%d)\n", i+1, i+1)
		files += fmt.Sprintf("-- %d/list.txt --\n%s", i+1, text)
		if more[i+1] {
			files += fmt.Sprintf("-- %d/more.txt --\n%d\n", i+1, i+1)
		}
	}
	repo, ids := gittest.Repo(t, commits+files)
	return mainline.Upstream{Repo: repo}, ids[fmt.Sprint(len(texts))]
}

// edit is the work of a change that makes one text of another.
func edit(before, after string) Work {
	return Work{Sum: before + after, Files: []*diff.File{{OldName: "list.txt", NewName: "list.txt",
		Hunks: diff.Diff([]byte(before), []byte(after))}}}
}

// list is a text of numbered lines with some of them replaced, and more lines at its end.
func list(replaced map[int]string, more int) string {
	var out strings.Builder
	for i := range 40 + more {
		if text, ok := replaced[i]; ok {
			out.WriteString(text + "\n")
		} else {
			fmt.Fprintf(&out, "line %d\n", i)
		}
	}
	return out.String()
}

// TestBudgetOfReading: commits that make the file grow as the change does are read first, so that the change is found
// with the least budget; one whose white space differs is found where the budget reaches it, else the landing says how
// many commits were not read.
func TestBudgetOfReading(t *testing.T) {
	texts := []string{list(nil, 0), list(map[int]string{10: "our line"}, 0)}
	for i := 1; i < 12; i++ {
		texts = append(texts, list(map[int]string{10: "our line"}, i))
	}
	texts[7] = texts[6] + "  further\n"
	for i := 8; i < 13; i++ {
		texts[i] = texts[7] + strings.Repeat("x\n", i)
	}
	up, tip := versions(t, texts, nil)
	change, spaced := edit(texts[0], texts[1]), edit(texts[6], texts[6]+"further\n")
	exactly := plenty
	exactly.unlikely = 0
	least := budget{read: len(texts[0]) + len(texts[1]), compared: math.MaxInt / 2}
	for _, c := range []struct {
		what   string
		work   Work
		budget budget
		pull   int
		unread int
	}{
		{"exact, with plenty", change, plenty, 2, 0},
		{"exact, with the least", change, least, 2, 0},
		{"exact, with nothing", change, budget{}, 0, 13},
		{"other white space, with plenty", spaced, plenty, 8, 0},
		{"other white space, with the least", spaced, least, 0, 13},
		{"other white space, with nothing for it", spaced, exactly, 0, 8},
	} {
		got, err := question{up, []Work{c.work}, tip, c.budget}.find(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		pull, unread := 0, 0
		for _, l := range got[c.work.Sum] {
			if unread += l.Unread; l.By != nil {
				pull = l.By.Pull
			}
		}
		if c.what == "exact, with the least" {
			unread = 0 // it holds, and nothing was asked whether it took it back
		}
		if pull != c.pull || unread != c.unread {
			t.Errorf("%s: landed by #%d with %d commits unread, expected #%d and %d", c.what, pull, unread, c.pull, c.unread)
		}
	}
}

// TestReadOnce: many searches of one file read as much as one.
func TestReadOnce(t *testing.T) {
	var texts []string
	for i := range 20 {
		texts = append(texts, list(nil, i))
	}
	up, tip := versions(t, texts, nil)
	left := map[int]budget{}
	for _, n := range []int{1, 50} {
		var searches []*search
		for i := range n {
			searches = append(searches, newSearch(edit(list(map[int]string{5: fmt.Sprint(i)}, 0), list(nil, 0))))
		}
		line, err := readSince(t.Context(), up, searches, tip)
		if err != nil {
			t.Fatal(err)
		}
		s := newSweep(mainline.NewObjects(up.Repo), line, searches)
		s.commits.budget = plenty
		if err := s.plan(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left[n] = s.commits.budget; s.commits.budget == plenty {
			t.Errorf("%d searches read nothing", n)
		}
	}
	if left[1] != left[50] {
		t.Errorf("50 searches leave %+v, one leaves %+v", left[50], left[1])
	}
}

// TestBudgetOfUndoing: a change that another commit takes back beside other things is found to be taken back by that
// commit, however little may be read, as long as it can be made at the newest state; where it cannot, it holds, and the
// landing counts the commits that were not asked.
func TestBudgetOfUndoing(t *testing.T) {
	ours := map[int]string{10: "our line"}
	texts := []string{list(nil, 0), list(ours, 0), list(ours, 1), list(ours, 2), list(ours, 3)}
	undone := append(texts[:5:5], list(nil, 4), list(nil, 5), list(nil, 6), list(nil, 7))
	movedOn := append(undone[:8:8], list(map[int]string{9: "another", 11: "another"}, 7))
	for _, c := range []struct {
		what   string
		texts  []string
		fitted int
		undone int
		unread int
	}{
		{"with plenty", undone, math.MaxInt / 2, 6, 0},
		{"with nothing", undone, 0, 6, 0},
		{"with some", undone, 5*len(texts[1]) + 1, 6, 0},
		{"and moved on, with plenty", movedOn, math.MaxInt / 2, 6, 0},
		{"and moved on, with nothing", movedOn, 0, 0, 7},
	} {
		up, tip := versions(t, c.texts, map[int]bool{6: true})
		work := edit(texts[0], texts[1])
		b := plenty
		b.fitted = c.fitted
		got, err := question{up, []Work{work}, tip, b}.find(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all := got[work.Sum]
		if len(all) != 1 || all[0].By == nil || all[0].By.Pull != 2 {
			t.Errorf("%s: %+v, expected a landing by #2", c.what, all)
			continue
		}
		by := 0
		if all[0].Undone != nil {
			by = all[0].Undone.Pull
		}
		if by != c.undone || all[0].Unread != c.unread {
			t.Errorf("%s: undone by #%d with %d commits unread, expected #%d and %d", c.what, by, all[0].Unread, c.undone,
				c.unread)
		}
	}
}

// TestBudgetOfComparing: where no text may be compared, a change that makes of a file what a commit made of it has
// landed all the same, and one that has other white space has not.
func TestBudgetOfComparing(t *testing.T) {
	before, after := list(nil, 0), list(map[int]string{10: "our line"}, 0)
	up, tip := versions(t, []string{before, after}, nil)
	none := plenty
	none.compared = 0
	for _, c := range []struct {
		what   string
		work   Work
		budget budget
		landed bool
		unread int
	}{
		{"the same", edit(before, after), none, true, 0},
		{"other white space", edit(before, strings.Replace(after, "our line", "our  line", 1)), none, false, 1},
		{"other white space, with plenty", edit(before, strings.Replace(after, "our line", "our  line", 1)), plenty, true, 0},
	} {
		got, err := question{up, []Work{c.work}, tip, c.budget}.find(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		landed, unread := false, 0
		for _, l := range got[c.work.Sum] {
			landed, unread = landed || l.Holds(), unread+l.Unread
		}
		if landed != c.landed || unread != c.unread {
			t.Errorf("%s: landed is %v with %d commits unread, expected %v and %d", c.what, landed, unread, c.landed, c.unread)
		}
	}
}
