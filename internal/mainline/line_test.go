package mainline_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

func TestPullOf(t *testing.T) {
	for subject, want := range map[string]int{
		"New Crowdin Translations (automated) (#38871)":    38871,
		"Merge pull request #123 from someone/branch (#9)": 123,
		`Revert "Add S3_RETRY_LIMIT (#30595)" (#30601)`:    30601,
		`Revert "Add S3_RETRY_LIMIT (#30595)"`:             0,
		"Fix #12":                                          0,
		"Fix (#12) and more":                               0,
		"(#)":                                              0,
		"x (#-1)":                                          0,
		"x (#+1)":                                          0,
		"x (#99999999999999999999)":                        0,
		"Merge pull request #x from y":                     0,
		"Merge pull request #5":                            5,
		"Bump version to v4.6.0-alpha.7 (#38000) ":         38000,
		"": 0,
	} {
		if got := mainline.PullOf(subject); got != want {
			t.Errorf("PullOf(%q) = %d, want %d", subject, got, want)
		}
	}
}

const branchy = `commit 1 Begin
commit 2 Add b (#2)
commit s Work on a side	from=1 branch=side
merge 3 Merge pull request #3 from x/side	from=2 with=s branch=main
commit 4 Rename b (#4)
commit other Elsewhere	from=2 branch=stable
-- 1/a.txt --
one
-- 2/b b.txt --
two
-- s/a.txt --
one and more
-- 3/a.txt --
one and more
-- 4/c.txt --
two
-- 4.rm --
b
-- other/a.txt --
stable
`

// branchy's "b b.txt" has a space, which txtar keeps; 4.rm cannot name it, so the rename is a copy.
func repository(t *testing.T) (mainline.Upstream, map[string]tree.ID) {
	t.Helper()
	repo, ids := gittest.Repo(t, strings.Replace(branchy, "-- 4.rm --\nb\n", "", 1))
	return mainline.Upstream{Repo: repo, Cache: t.TempDir()}, ids
}

func told(line mainline.Line) string {
	var out []string
	for _, c := range line {
		text := c.Subject
		for _, touch := range c.Touched {
			text += " " + touch.Old.Mode.String() + ">" + touch.New.Mode.String() + " " + touch.Path
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

func TestReadFollowsFirstParents(t *testing.T) {
	up, ids := repository(t)
	const all = `Begin 000000>100644 a.txt
Add b (#2) 000000>100644 b b.txt
Merge pull request #3 from x/side 100644>100644 a.txt
Rename b (#4) 000000>100644 c.txt`
	lines := strings.Split(all, "\n")
	for _, c := range []struct {
		what     string
		from, to tree.ID
		want     []string
	}{
		{"all", "", ids["4"], lines},
		{"again, from the cache", "", ids["4"], lines},
		{"the end", ids["2"], ids["4"], lines[2:]},
		{"an older end", ids["1"], ids["3"], lines[1:3]},
		{"nothing", ids["4"], ids["4"], nil},
		{"backwards", ids["4"], ids["2"], nil},
		{"since a commit of the side branch", ids["s"], ids["4"], lines[1:]},
		{"another branch", ids["2"], ids["other"], []string{"Elsewhere 100644>100644 a.txt"}},
		{"all once more", "", ids["4"], lines},
	} {
		line, err := up.Read(t.Context(), c.from, c.to)
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if got := told(line); got != strings.Join(c.want, "\n") {
			t.Errorf("%s: got\n%s\nwant\n%s", c.what, got, strings.Join(c.want, "\n"))
		}
	}
}

// TestReadGrows: a cached line grows at both ends; a damaged one is read anew.
func TestReadGrows(t *testing.T) {
	up, ids := repository(t)
	for _, r := range [][2]string{{"2", "3"}, {"2", "4"}, {"1", "4"}, {"", "4"}} {
		fresh, err := mainline.Upstream{Repo: up.Repo}.Read(t.Context(), ids[r[0]], ids[r[1]])
		if err != nil {
			t.Fatal(err)
		}
		kept, err := up.Read(t.Context(), ids[r[0]], ids[r[1]])
		if err != nil {
			t.Fatal(err)
		}
		if told(kept) != told(fresh) || len(fresh) == 0 {
			t.Errorf("%s..%s: the cache gives\n%s\ngit gives\n%s", r[0], r[1], told(kept), told(fresh))
		}
	}
	files, err := filepath.Glob(filepath.Join(up.Cache, "log-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("kept %q, %v", files, err)
	}
	want, err := up.Read(t.Context(), "", ids["4"])
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range []string{"", "rubbish", string(whole[:len(whole)/2]), string(whole[len(whole)/2:]),
		"\x00" + string(whole)} {
		if err := os.WriteFile(files[0], []byte(damaged), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := up.Read(t.Context(), "", ids["4"])
		if err != nil || told(got) != told(want) {
			t.Errorf("with %.20q kept: %v\n%s", damaged, err, told(got))
		}
	}
}

// TestSinceEach: for many times, the result is Since's for each of them.
func TestSinceEach(t *testing.T) {
	up, ids := repository(t)
	line, err := up.Read(t.Context(), "", ids["4"])
	if err != nil {
		t.Fatal(err)
	}
	var at []time.Time
	for _, c := range line {
		for _, step := range []time.Duration{-time.Hour, -1, 0, 1, time.Hour} {
			at = append(at, c.Date.Add(step))
		}
	}
	at = append(at, at[3], line[0].Date.AddDate(-9, 0, 0), line[0].Date.AddDate(9, 0, 0),
		at[7].In(time.FixedZone("x", 3600)))
	want := make([]tree.ID, len(at))
	for i := range at {
		if want[i], err = up.Since(t.Context(), ids["4"], at[i]); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n <= len(at); n++ {
		got, err := up.SinceEach(t.Context(), ids["4"], at[:n])
		if err != nil || len(got) != n {
			t.Fatalf("%d commits for %d times, %v", len(got), n, err)
		}
		for i, id := range got {
			if id != want[i] {
				t.Errorf("%v of %d: %s, want %s", at[i], n, id, want[i])
			}
		}
	}
	if got, err := up.SinceEach(t.Context(), ids["4"], nil); err != nil || len(got) > 0 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestSince(t *testing.T) {
	up, ids := repository(t)
	for name, want := range map[string]string{"1": "", "3": "2", "4": "3"} {
		line, err := up.Read(t.Context(), "", ids[name])
		if err != nil {
			t.Fatal(err)
		}
		got, err := up.Since(t.Context(), ids["4"], line[len(line)-1].Date.Add(-1))
		if err != nil || got != ids[want] {
			t.Errorf("before commit %s: %s, %v, want %s", name, got, err, ids[want])
		}
	}
}
