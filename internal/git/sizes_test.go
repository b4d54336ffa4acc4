package git_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

// TestSizesOpen: the process that stays open for lengths finds what was stored by somebody else after it had missed it,
// says which object is none of a file, and goes on after both.
func TestSizesOpen(t *testing.T) {
	repo, ids := gittest.Repo(t, archive)
	other, err := git.Open(repo.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	late := tree.NewObject("blob", []byte("late\n"))
	if _, err := repo.Sizes(t.Context(), []tree.ID{late.ID}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a blob that is not there: %v", err)
	}
	none, err := repo.Absent(t.Context(), []tree.ID{late.ID, late.ID})
	if err != nil || len(none) != 1 || none[0] != late.ID {
		t.Errorf("absent: %v, %v", none, err)
	}
	asked := []tree.ID{late.ID, ids["1"], tree.BlobID([]byte("nowhere")), late.ID}
	if lacking, err := repo.NotStored(t.Context(), asked); err != nil || len(lacking) != 2 || lacking[ids["1"]] {
		t.Errorf("not stored: %v, %v", lacking, err)
	}
	if err := other.Write(t.Context(), []tree.Object{late}); err != nil {
		t.Fatal(err)
	}
	if lacking, err := repo.NotStored(t.Context(), asked); err != nil || len(lacking) != 1 || !lacking[asked[2]] {
		t.Errorf("not stored after storing: %v, %v", lacking, err)
	}
	for range 2 {
		if got, err := repo.Sizes(t.Context(), []tree.ID{late.ID}); err != nil || got[late.ID] != 5 {
			t.Errorf("after storing: %v, %v", got, err)
		}
		if _, err := repo.Sizes(t.Context(), []tree.ID{ids["1"]}); err == nil ||
			!strings.Contains(err.Error(), "it is a commit") {
			t.Errorf("the length of a commit: %v", err)
		}
		if _, err := repo.Sizes(t.Context(), []tree.ID{"--help"}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("an id that is none: %v", err)
		}
	}
}
