package git

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// manyPacks is how many packs may come before they get an index in common. Without one every git that starts opens the
// index of each: with 600 of them, which a year of fetches leaves, that was a sixth of a check's processor time.
const manyPacks = 20

// IndexPacks writes one index of all packs where many have come since the last. Git reads the packs without it too.
func (r *Repo) IndexPacks(ctx context.Context) error {
	folder := filepath.Join(r.dir, "objects", "pack")
	var indexed time.Time
	if info, err := os.Stat(filepath.Join(folder, "multi-pack-index")); err == nil {
		indexed = info.ModTime()
	}
	list, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	fresh := 0
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), ".pack") {
			continue
		}
		if info, err := e.Info(); err == nil && info.ModTime().After(indexed) {
			fresh++
		}
	}
	if fresh < manyPacks {
		return nil
	}
	_, err = r.Run(ctx, "multi-pack-index", "write")
	return err
}
