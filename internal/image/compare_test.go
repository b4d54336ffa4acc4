package image_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/image"
)

// TestCompare: two builds of the same are equal to the byte; of others the layers and files that differ are listed,
// those of the same layers are not.
func TestCompare(t *testing.T) {
	b := openBuilder(t)
	built := func(steps ...string) string {
		t.Helper()
		spec := stepSpec(t, steps...)
		spec.NoCache, spec.Compress = true, image.Zstd
		dir := filepath.Join(t.TempDir(), "layout")
		if _, err := image.BuildOne(t.Context(), b, spec, dir, image.Progress{}); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	write := func(name, text string) string { return `RUN ["/step", "write", "/` + name + `", "` + text + `"]` }
	one := built(write("x", "one"), write("y", "two"))
	if found, err := image.Compare(t.Context(), one, built(write("x", "one"), write("y", "two"))); err != nil ||
		len(found) > 0 {
		t.Errorf("of the same: %+v, %v", found, err)
	}
	for name, test := range map[string]struct {
		steps []string
		layer int
		files []string
	}{
		"another content": {[]string{write("x", "one"), write("y", "new")}, 3, []string{"y"}},
		"another name":    {[]string{write("z", "one"), write("y", "two")}, 2, []string{"x", "z"}},
		"another config":  {[]string{write("x", "one"), write("y", "two") + "\nENV A=b"}, 0, []string{}},
	} {
		found, err := image.Compare(t.Context(), one, built(test.steps...))
		if err != nil || len(found) != 1 || found[0].Layer != test.layer || !slices.Equal(found[0].Files, test.files) ||
			found[0].Platform != "linux/amd64" {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
	if found, err := image.Compare(t.Context(), one, built(write("x", "one"))); err == nil {
		t.Errorf("with a layer less: %+v", found)
	}
}
