package suite

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/howdah/howdah/internal/environ"
)

// What is left out and what is shorter is said before anything runs, wherever the test's code asks.
func TestPlan(t *testing.T) {
	dir := module(t, "quilt is not installed")
	const more = `package small

import (
	"os"
	"testing"
)

func TestImages(t *testing.T) {
	if os.Getenv("HOWDAH_TEST_IMAGES") == "" {
		t.Skip("builds images")
	}
}

func TestMany(t *testing.T) { many() }

func many() int {
	switch {
	case testing.Short():
		return 1
	}
	return 9
}

func TestFew(t *testing.T) {
	n := 9
	if testing.Short() {
		n = 1
	}
	_ = n
}

func TestChild(t *testing.T) {
	if os.Getenv("HOWDAH_TEST_CHILD") != "" {
		os.Exit(0)
	}
}
`
	if err := os.WriteFile(filepath.Join(dir, "more_test.go"), []byte(more), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx := environ.With(t.Context(), append(os.Environ(), "HOWDAH_TEST_IMAGES="))
	const images = "left out:\n  example.org/small TestImages (runs with HOWDAH_TEST_IMAGES=1)\n"
	for args, want := range map[string]string{
		"-short": "testing 1 package: an hour\nin a short form:\n  example.org/small TestFew\n" +
			"  example.org/small TestMany\n" + images + "  example.org/small TestLong (takes long; CI runs it)\n",
		"-count=1": "testing 1 package: an hour\n" + images,
	} {
		p, err := planOf(ctx, dir, []string{args, "./..."})
		var out bytes.Buffer
		if p.say(&out, "an hour"); err != nil || out.String() != want {
			t.Errorf("%s: %v\n%s\nexpected\n%s", args, err, out.String(), want)
		}
	}
	p, err := planOf(environ.With(t.Context(), append(os.Environ(), "HOWDAH_TEST_IMAGES=1")), dir, []string{"./..."})
	if err != nil || len(p.left) > 0 {
		t.Errorf("%+v, %v", p, err)
	}
}
