package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/target"
)

// TestRebuildReleased goes as far as the builder, which is not there: what cannot be compared is refused before.
func TestRebuildReleased(t *testing.T) {
	shared := t.TempDir()
	upstream, err := WriteUpstream(filepath.Join(shared, "miniature", "mastodon.git"))
	if err != nil {
		t.Skipf("the miniature cannot be made: %v", err)
	}
	in := newInside(t, upstream, shared, startRegistry(t, t.TempDir()))
	in.released()
	copies, err := filepath.Glob(filepath.Join(in.process.dir, "mine", "dist", "releases", "*.json"))
	if err != nil || len(copies) != 1 {
		t.Fatalf("%q, %v", copies, err)
	}
	tag := strings.TrimSuffix(filepath.Base(copies[0]), ".json")
	for _, c := range []struct {
		name  string
		typed []string
		env   string
		code  int
		says  string
	}{
		{"without -rebuild", []string{"-of=" + tag}, "", 2, "-of= names what -rebuild compares with"},
		{"no release's tag", []string{"-rebuild", "-of=edge"}, "", 2, `-of="edge" is not a release's tag`},
		{"no release", []string{"-rebuild", "-of=" + tag[:len(tag)-8] + "00000000"}, "", 2, "00000000"},
		{"no image", []string{"-rebuild", "-of=" + tag, "-image=other"}, "", 2, `no image "other"`},
		{"other arguments", []string{"-rebuild", "-of=" + tag}, "HOWDAH_ARGS=GEM_PACKAGES=other", 2,
			"was built from other inputs: "},
		{"the same", []string{"-rebuild", "-of=" + tag, "-image=web"}, "", 75, "reaching the BuildKit at tcp://127.0.0.1:1"},
	} {
		environ := in.process.environ
		if c.env != "" {
			in.process.environ = append(append([]string{}, environ...), c.env)
		}
		code := in.run(t.Context(), target.ImageVerify, c.typed...)
		in.process.environ = environ
		if said := in.out.String() + in.story.String(); code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("%s: exit code %d, want %d with %q:\n%s", c.name, code, c.code, c.says, said)
		}
	}
}
