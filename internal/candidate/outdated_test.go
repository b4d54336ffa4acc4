package candidate

import (
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/upstream"
	"github.com/howdah/howdah/internal/verdict"
)

// TestOutdatedNames: a copy of an older state is found whatever bytes its name has, also those that git quotes.
func TestOutdatedNames(t *testing.T) {
	names := []string{"plain.txt", `quo"ted.txt`, "a\ttab.txt", `back\slash.txt`, "éléphant.txt", "two  spaces.txt",
		"glob[a-z]*.txt", ":colon.txt"}
	var archive strings.Builder
	archive.WriteString("commit 1 One\ncommit 2 Two\ncommit 3 Three\n")
	for n, state := range []string{"one\ntwo\nthree\nfour\n", "one\ntwo\nthree\nFOUR\n", "ONE\nTWO\nthree\nFOUR\n"} {
		for _, name := range names {
			archive.WriteString("-- " + string(rune('1'+n)) + "/" + name + " --\n" + state)
		}
	}
	repo, ids := gittest.Repo(t, archive.String())
	copies, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	u := Upstream{Mirror: &upstream.Mirror{Repo: repo}, Pin: upstream.Pin{Commit: ids["3"]}}
	outdated, err := u.outdated(t.Context(), &verdict.Outcome{Files: names, After: copies})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, a := range outdated {
		found = append(found, a.file)
		if a.since != 2 || a.gone || a.state != ids["1"].Short()+" of 2026-01-05" {
			t.Errorf("%q: %+v, expected upstream's first state, two changes ago", a.file, a)
		}
	}
	if !slices.Equal(found, names) {
		t.Errorf("copies of an older state: %q, expected %q", found, names)
	}
}

// TestOutdatedGone: a copy of a file that upstream removed is named with the commit that removed it, but for what is
// served from public/.
func TestOutdatedGone(t *testing.T) {
	repo, ids := gittest.Repo(t, `commit 1 Add
commit 2 Remove
-- 1/app/"here".rb --
old
-- 1/public/served.txt --
old
-- 2.rm --
app/"here".rb
public/served.txt
`)
	copies, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	u := Upstream{Mirror: &upstream.Mirror{Repo: repo}, Pin: upstream.Pin{Commit: ids["2"]}}
	files := []string{`app/"here".rb`, "public/served.txt"}
	outdated, err := u.outdated(t.Context(), &verdict.Outcome{Files: files, After: copies})
	if err != nil {
		t.Fatal(err)
	}
	want := outdatedCopy{file: files[0], state: ids["2"].Short() + " of 2026-01-05", gone: true}
	if len(outdated) == 0 || outdated[0] != want {
		t.Errorf("%+v, expected the removed file with the commit that removed it", outdated)
	}
	for _, a := range outdated {
		if a.file == "public/served.txt" && a.gone {
			t.Errorf("%+v: whoever has a file of public/ serves it", a)
		}
	}
}
