package candidate

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// expanded is an upstream whose file has had three contents, one of them on a side branch only.
const expanded = `commit 1 Begin
commit 2 Edit
commit side Elsewhere	from=1 branch=side
-- 1/a.txt --
one
-- 1/b.txt --
another
-- 2/a.txt --
two
-- side/a.txt --
three
`

// TestExpand: the first digits of an id find a path's content on the pin's history or on any other branch. With more
// than a few paths, one walk over upstream's history reads all of them.
func TestExpand(t *testing.T) {
	repo, ids := gittest.Repo(t, expanded)
	fresh := func() *sources {
		return &sources{past: pastContents{mirror: &upstream.Mirror{Repo: repo}, pin: ids["2"]}}
	}
	many := fresh()
	starts := gittest.Starts(t)
	for i := range 2000 {
		if _, err := many.Expand(t.Context(), fmt.Sprint("none", i), "1234567"); !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if got, want := starts(" log --raw "), 2*(mostWalks+1); got != want {
		t.Errorf("2,000 paths took %d walks over upstream's history, expected %d", got, want)
	}
	one, two, three := tree.BlobID([]byte("one\n")), tree.BlobID([]byte("two\n")), tree.BlobID([]byte("three\n"))
	other := tree.BlobID([]byte("another\n"))
	for name, c := range map[string]struct {
		path, digits string
		want         tree.ID
	}{
		"the content at the pin":      {"a.txt", string(two[:7]), two},
		"an older one":                {"a.txt", string(one[:4]), one},
		"on another branch":           {"a.txt", string(three[:9]), three},
		"all digits":                  {"a.txt", string(one), one},
		"of another path":             {"a.txt", string(other[:7]), ""},
		"no such content":             {"a.txt", "0000000", ""},
		"no such path":                {"none.txt", string(one[:7]), ""},
		"digits of more than one":     {"a.txt", "", ""},
		"a path with a pattern in it": {"*.txt", string(one[:7]), ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := fresh()
			got, err := s.Expand(t.Context(), c.path, c.digits)
			if got != c.want || (c.want == "") != errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%q, %v, want %q", got, err, c.want)
			}
			if again, _ := s.Expand(t.Context(), c.path, c.digits); again != got {
				t.Errorf("asked again, it is %q", again)
			}
			if after, _ := many.Expand(t.Context(), c.path, c.digits); after != got {
				t.Errorf("asked after 2,000 other paths, it is %q", after)
			}
		})
	}
}

// TestExpandAgain: what a run found in upstream's history the next one does not look for again, until upstream has
// other commits, branches or tags.
func TestExpandAgain(t *testing.T) {
	repo, ids := gittest.Repo(t, expanded)
	cache := t.TempDir()
	three := tree.BlobID([]byte("three\n"))
	ask := func(pin tree.ID) (walks int) {
		starts := gittest.Starts(t)
		s := &sources{past: pastContents{mirror: &upstream.Mirror{Repo: repo}, pin: pin, cache: cache}}
		for digits, want := range map[string]tree.ID{string(three[:9]): three, "1234567": ""} {
			if got, err := s.Expand(t.Context(), "a.txt", digits); got != want || (err == nil) != (want != "") {
				t.Errorf("%s is %q, %v, want %q", digits, got, err, want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return starts(" log --raw ")
	}
	if n := ask(ids["2"]); n != 2 {
		t.Errorf("the first run walked %d times, want 2", n)
	}
	if n := ask(ids["2"]); n != 0 {
		t.Errorf("the second run walked %d times", n)
	}
	if n := ask(ids["1"]); n != 2 {
		t.Errorf("with another pin it walked %d times, want 2", n)
	}
	if _, err := repo.Run(t.Context(), "tag", "new", string(ids["2"])); err != nil {
		t.Fatal(err)
	}
	if n := ask(ids["1"]); n != 2 {
		t.Errorf("with a new tag it walked %d times, want 2", n)
	}
}
