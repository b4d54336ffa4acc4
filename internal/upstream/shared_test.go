package upstream_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/howdah/howdah/internal/upstream"
)

// TestAlone keeps others out while a mirror is made and refs are fetched, and at no other time.
func TestAlone(t *testing.T) {
	repo, _ := server(t)
	asked, open := 0, 0
	var refused error
	options := upstream.Options{Cache: t.TempDir(), Alone: func(context.Context) (func(), error) {
		asked, open = asked+1, open+1
		return func() { open-- }, refused
	}}
	m := mirror(t, repo.Dir(), options)
	if asked != 1 || open != 0 {
		t.Errorf("making a mirror: asked %d times, %d not done", asked, open)
	}
	pin, _, err := m.Pin(t.Context(), upstream.Want{Ref: "main"})
	if err != nil || asked != 2 || open != 0 {
		t.Errorf("fetching: asked %d times, %d not done: %v", asked, open, err)
	}
	if n, err := m.Prefetch(t.Context(), pin.Commit); err != nil || n != 2 || asked != 2 {
		t.Errorf("files alone: %d fetched, asked %d times: %v", n, asked, err)
	}
	mirror(t, repo.Dir(), options)
	if asked != 2 {
		t.Errorf("opening a mirror that is there: asked %d times", asked)
	}
	refused = errors.New("somebody else fetches")
	if _, _, err := m.Pin(t.Context(), upstream.Want{Ref: "main"}); !errors.Is(err, refused) {
		t.Errorf("fetching beside another: %v", err)
	}
}

// TestClear takes away what a killed git left behind, and nothing else.
func TestClear(t *testing.T) {
	cache := t.TempDir()
	if err := upstream.Clear(filepath.Join(cache, "none")); err != nil {
		t.Errorf("no cache: %v", err)
	}
	repo, ids := server(t)
	m := mirror(t, repo.Dir(), upstream.Options{Cache: cache})
	if _, _, err := m.Pin(t.Context(), upstream.Want{Ref: "main"}); err != nil {
		t.Fatal(err)
	}
	left := []string{
		filepath.Join(m.Repo.Dir(), "refs", "heads", "main.lock"), filepath.Join(m.Repo.Dir(), "config.lock"),
		filepath.Join(m.Repo.Dir(), "objects", "pack", "tmp_pack_abc"),
		filepath.Join(m.Repo.Dir(), "objects", "pack", "multi-pack-index.lock"),
	}
	own := filepath.Join(cache, ".lock")
	for _, name := range append(left, own) {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.Repo.Run(t.Context(), "update-ref", "refs/heads/main", string(ids["2"])); err == nil {
		t.Fatal("the lock file that was left locks nothing")
	}
	if err := upstream.Clear(cache); err != nil {
		t.Fatal(err)
	}
	for _, name := range left {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	if _, err := os.Stat(own); err != nil {
		t.Errorf("the cache's own lock: %v", err)
	}
	if _, err := m.Repo.Run(t.Context(), "update-ref", "refs/heads/main", string(ids["2"])); err != nil {
		t.Error(err)
	}
}
