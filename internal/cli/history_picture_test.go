package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/howdah/howdah/internal/golden"
)

// pictured is upstream's commit at which docs/history.svg ends: main of 2026-08-21.
const pictured = "2f40549d41d77bd4941214e1915074d2e9113b80"

// TestPictureOfTheHistory draws docs/history.svg, the shipped series over twelve months of Mastodon, where
// HOWDAH_TEST_UPSTREAM names a repository that has them. -update draws it anew.
func TestPictureOfTheHistory(t *testing.T) {
	upstream := os.Getenv("HOWDAH_TEST_UPSTREAM")
	if upstream == "" {
		t.Skip("skipped: HOWDAH_TEST_UPSTREAM names no repository with Mastodon's history")
	}
	if err := exec.CommandContext(t.Context(), "git", "-C", upstream, "cat-file", "-e", pictured).Run(); err != nil {
		t.Skipf("skipped: the repository that HOWDAH_TEST_UPSTREAM names does not have %s", pictured)
	}
	mine := t.TempDir()
	for _, name := range []string{"howdah.toml", "VERSION", "series.lock"} {
		data, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(mine, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(mine, "patches"), os.DirFS(filepath.Join("..", "..", "patches"))); err != nil {
		t.Fatal(err)
	}
	history := exec.CommandContext(t.Context(), program(t), "patch:history", "-ref="+pictured)
	history.Dir = mine
	history.Env = append(os.Environ(), "HOWDAH_UPSTREAM_URL="+upstream, "HOWDAH_CACHE="+t.TempDir(),
		"HOWDAH_CONFIG=howdah.toml")
	if out, err := history.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	drawn, err := os.ReadFile(filepath.Join(mine, "dist", "patch-history.svg"))
	if err != nil {
		t.Fatal(err)
	}
	golden.File(t, filepath.Join("..", "..", "docs", "history.svg"), drawn)
}
