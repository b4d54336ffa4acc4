package upstream_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/upstream"
)

// TestAnothersRepository: a repository of another user's is not out of reach: git refuses to read it.
func TestAnothersRepository(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("skipped: giving a repository to another user needs root")
	}
	repo, _ := server(t)
	if err := filepath.WalkDir(repo.Dir(), func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(name, 65534, 65534)
	}); err != nil {
		t.Skipf("skipped: this root may not give files away: %v", err)
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	m := mirror(t, repo.Dir(), upstream.Options{})
	_, _, err := m.Pin(t.Context(), upstream.Want{Ref: "main"})
	if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), "belongs to another user") ||
		!strings.Contains(fault.HintOf(err).String(), "git config --global --add safe.directory "+repo.Dir()) {
		t.Errorf("got %v (%d), hint %q", err, fault.CodeOf(err), fault.HintOf(err))
	}
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[safe]\n\tdirectory = "+repo.Dir()+"\n"),
		0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.Pin(t.Context(), upstream.Want{Ref: "main"}); err != nil {
		t.Errorf("as the hint says: %v", err)
	}
}
