package image_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/moby/buildkit/client"

	"github.com/howdah/howdah/internal/image"
)

// TestForgetting: what a build brings into BuildKit's cache is removed after it, what was there before stays, and the
// build's result is there.
func TestForgetting(t *testing.T) {
	b := openBuilder(t)
	node, err := b.Node(t.Context(), "linux/amd64")
	if err != nil {
		t.Fatal(err)
	}
	// What a build was using BuildKit lets go of, or drops, a moment after the build has ended.
	records := func() (ids []string) {
		t.Helper()
		for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
			all, err := node.Client.DiskUsage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if slices.ContainsFunc(all, func(r *client.UsageInfo) bool { return r.InUse }) && time.Now().Before(end) {
				continue
			}
			for _, r := range all {
				ids = append(ids, r.ID)
			}
			slices.Sort(ids)
			return ids
		}
	}
	build := func(ctx context.Context, text string) string {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "layout")
		spec := stepSpec(t, `RUN ["/step", "write", "/x", "`+text+`"]`)
		if _, err := image.BuildOne(ctx, b, spec, dir, image.Progress{}); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	build(t.Context(), "kept")
	before := records()
	var dir string
	err = b.Forgetting(t.Context(), "linux/amd64", func() error {
		dir = build(t.Context(), "forgotten")
		if len(records()) <= len(before) {
			t.Error("the build left nothing in the cache: the test sees nothing")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := image.Check(dir); err != nil {
		t.Error(err)
	}
	after := records()
	for _, id := range before {
		if !slices.Contains(after, id) {
			t.Errorf("%s was there before and is gone", id)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d records before, %d after", len(before), len(after))
	}
}
