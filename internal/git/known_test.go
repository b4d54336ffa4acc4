package git_test

import (
	"fmt"
	"testing"

	"github.com/howdah/howdah/internal/gittest"
)

// What stays true is asked of git once: a common ancestor in either order, that nothing is missing, and the user's
// configuration.
func TestAskedOnce(t *testing.T) {
	repo, ids := gittest.Repo(t, archive)
	starts := gittest.Starts(t)
	for range 2 {
		for _, of := range [][2]string{{"1", "2"}, {"2", "1"}} {
			if base, err := repo.MergeBase(t.Context(), ids[of[0]], ids[of[1]]); err != nil || base != ids["1"] {
				t.Errorf("the common ancestor of %v is %s, %v", of, base, err)
			}
		}
		if missing, err := repo.Missing(t.Context(), ids["2"]); err != nil || len(missing) > 0 {
			t.Errorf("missing: %v, %v", missing, err)
		}
		if refs, err := repo.LsRemote(t.Context(), repo.Dir()); err != nil || len(refs) == 0 {
			t.Errorf("the refs: %v, %v", refs, err)
		}
	}
	for words, want := range map[string]int{" merge-base ": 1, " rev-list ": 1, " config --list ": 1, " ls-remote ": 2} {
		if got := starts(words); got != want {
			t.Errorf("git%swas started %d times, expected %d", words, got, want)
		}
	}
}

// Settings are those of the repository that a pattern names, with the last value of each.
func TestSettings(t *testing.T) {
	repo, _ := gittest.Repo(t, archive)
	for _, args := range [][]string{{"--add", "here.one", "1"}, {"--add", "here.one", "two\nlines"}, {"here.Empty", ""},
		{"other.one", "3"}} {
		if _, err := repo.Run(t.Context(), append([]string{"config", "--local"}, args...)...); err != nil {
			t.Fatal(err)
		}
	}
	for pattern, want := range map[string]string{
		`^here\.`: fmt.Sprint(map[string]string{"here.one": "two\nlines", "here.empty": ""}), `^none\.`: "map[]"} {
		if got, err := repo.Settings(t.Context(), pattern); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %q, %v, expected %q", pattern, got, err, want)
		}
	}
	if _, err := repo.Settings(t.Context(), "["); err == nil {
		t.Error("a pattern that is none was taken")
	}
}
