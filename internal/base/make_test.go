package base

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/image"
)

// stages is a Dockerfile of the bases whose stages hold one file each.
func stages(node, ruby string) frontend.Dockerfile {
	text := "FROM scratch AS none\n"
	for name, step := range map[string]string{"node": node, "ruby": ruby} {
		text += fmt.Sprintf("FROM debian:bookworm-slim AS %s\nARG DEBIAN_VERSION NODE_MAJOR_VERSION\nRUN %s\n", name, step)
	}
	return frontend.Dockerfile{Name: "docker/base.Dockerfile", Data: []byte(text)}
}

func writes(text string) string { return fmt.Sprintf(`["/step", "write", "/kept", %q]`, text) }

// TestHalfOfTheBasesFails: a run that builds one base and then fails with the other leaves those of before, which fit
// what is listed; a run that was killed then is the same to the next, which finds the built layout beside them.
func TestHalfOfTheBasesFails(t *testing.T) {
	b := openBuilder(t)
	o := Options{Dir: t.TempDir(), Suite: "bookworm", Platform: "linux/amd64", NodeMajor: "24", Builder: b, Say: t.Logf,
		Show: func() (image.Progress, func()) { return image.Progress{}, func() {} }}
	makeDebian(t, t.Context(), o)
	o.Dockerfile = stages(writes("one"), writes("one"))
	if err := Make(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	before, bad := listed(t, o.Dir)
	if len(before) != 3 || len(bad) > 0 {
		t.Fatalf("%v (%v)", before, bad)
	}

	failing := o
	failing.Dockerfile = stages(writes("two"), `["/step", "fail"]`)
	if err := Make(t.Context(), failing); err == nil {
		t.Fatal("a step that fails is no error")
	}
	if got, bad := listed(t, o.Dir); len(bad) > 0 || !maps.Equal(got, before) {
		t.Errorf("after the failure: %v (%v), expected %v", got, bad, before)
	}
	if !o.made() || failing.made() {
		t.Errorf("made are the old ones: %v, the new ones: %v", o.made(), failing.made())
	}

	o.Dockerfile = stages(writes("two"), writes("two"))
	if err := Make(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	got, bad := listed(t, o.Dir)
	if len(bad) > 0 || len(got) != 3 || got["node"] == before["node"] || got["ruby"] == before["ruby"] {
		t.Errorf("made again: %v (%v), before %v", got, bad, before)
	}
	entries, err := os.ReadDir(o.Dir + "/bookworm")
	for _, e := range entries {
		if err != nil || strings.Contains(e.Name(), unplaced) {
			t.Errorf("%s is left (%v)", e.Name(), err)
		}
	}
}

// TestTwoAtOnce makes the same bases twice at once, and others meanwhile: each run finds its own list whole, and what
// was made is not made again.
func TestTwoAtOnce(t *testing.T) {
	b := openBuilder(t)
	var builds atomic.Int64
	o := Options{Dir: t.TempDir(), Suite: "bookworm", Platform: "linux/amd64", NodeMajor: "24", Builder: b, Say: t.Logf,
		Show: func() (image.Progress, func()) { builds.Add(1); return image.Progress{}, func() {} }}
	makeDebian(t, t.Context(), o)
	o.Dockerfile = stages(writes("one"), writes("one"))
	other := o
	other.Dockerfile = stages(writes("two"), writes("two"))
	var group errgroup.Group
	for _, options := range []Options{o, o, other} {
		group.Go(func() error { return Make(t.Context(), options) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	got, bad := listed(t, o.Dir)
	if len(got) != 3 || len(bad) > 0 || o.made() == other.made() {
		t.Errorf("listed are %v (%v), made %v and %v", got, bad, o.made(), other.made())
	}
	if n := builds.Load(); n != 2 && n != 3 { // 3 where the others came between the two
		t.Errorf("BuildKit built %d times", n)
	}
}
