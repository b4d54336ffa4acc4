package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/target"
)

// TestClockBehind runs a check a year before upstream's newest commit, and at its time: the first warns.
func TestClockBehind(t *testing.T) {
	up, err := WriteUpstream(filepath.Join(t.TempDir(), "miniature", "mastodon.git"))
	if err != nil {
		t.Fatal(err)
	}
	in := newInside(t, up, t.TempDir(), "127.0.0.1:1")
	const warning = "warning: upstream's commit is of 2026-04-30 16:45Z, but this machine's clock says "
	in.must(target.PatchCheck)
	if strings.Contains(in.story.String(), "clock") {
		t.Errorf("warned of a clock that is right: %s", in.story.String())
	}
	in.process.now = noon.AddDate(-1, 0, 0)
	in.must(target.PatchCheck)
	if got := in.story.String(); !strings.Contains(got, warning+in.process.now.UTC().Format("2006-01-02 15:04Z")) {
		t.Errorf("expected %q, got %s", warning, got)
	}
}
