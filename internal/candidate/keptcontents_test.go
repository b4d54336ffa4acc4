package candidate

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// TestAbsentContentsAreKept: what upstream said that it does not have is not asked for by the next run, as long as
// upstream is as it was; what could not be fetched for another reason is.
func TestAbsentContentsAreKept(t *testing.T) {
	absent := &git.RunError{Stderr: "fatal: remote error: upload-pack: not our ref " + strings.Repeat("1", 40)}
	for what, c := range map[string]struct {
		first   error
		pin     string // of the second run
		fetches int    // of the second run
		found   bool   // upstream has it meanwhile
	}{
		"absent":               {absent, "2", 0, false},
		"absent, and a commit": {absent, "1", 1, true},
		"out of reach":         {&git.RunError{Stderr: "fatal: Could not resolve host"}, "2", 1, true},
		"offline":              {errors.New("-offline forbids to fetch"), "2", 1, true},
	} {
		repo, ids := gittest.Repo(t, expanded)
		o := tree.NewObject("blob", []byte("what upstream gets later\n"))
		cache, fetches, failure := t.TempDir(), 0, c.first
		repo.OnMissing(func(ctx context.Context, _ []tree.ID) error {
			if fetches++; failure != nil {
				return failure
			}
			return repo.Write(ctx, []tree.Object{o})
		})
		ask := func(pin string) tree.ID {
			src := &sources{past: pastContents{mirror: &upstream.Mirror{Repo: repo}, pin: ids[pin], cache: cache}}
			id, _ := src.Expand(t.Context(), "a.txt", string(o.ID))
			if err := src.Close(); err != nil {
				t.Fatal(err)
			}
			return id
		}
		if id := ask("2"); id != "" || fetches != 1 {
			t.Errorf("%s: found %q in %d fetches", what, id, fetches)
		}
		fetches, failure = 0, nil
		if id := ask(c.pin); (id == o.ID) != c.found || fetches != c.fetches {
			t.Errorf("%s: the next run found %q in %d fetches", what, id, fetches)
		}
	}
}
