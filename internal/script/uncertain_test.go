package script_test

import (
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/script"
)

// TestUncertain follows the scripts of testdata/uncertain.txt. Above each stands what an undecided line has to say;
// with a = before it, the import follows the tree that bash makes all the same. With -short it
// takes each third script.
func TestUncertain(t *testing.T) {
	data, err := os.ReadFile("testdata/uncertain.txt")
	if err != nil {
		t.Fatal(err)
	}
	scripts := strings.Split("\n"+string(data), "\n==== ")[1:]
	if len(scripts) < 50 {
		t.Fatalf("only %d scripts", len(scripts))
	}
	_, noBash := exec.LookPath("bash")
	base := treeOf(t, upstreamFiles)
	for i, one := range scripts {
		if testing.Short() && i%3 != 0 {
			continue
		}
		want, text, _ := strings.Cut(one, "\n")
		text += "\n"
		want, same := strings.CutPrefix(want, "= ")
		own := maps.Clone(besideFiles)
		own["patch.sh"] = text
		r, got := follow(t, script.Source{Name: "ours", File: "patch.sh", Data: []byte(text), Beside: besideOf(own)}, base)
		if got.Root() != r.Expected.Root() {
			t.Errorf("script %d:\n%sthe series (second) is not what the import follows (first):\n%s", i, text,
				differs(t, r.Expected, got))
		}
		if !slices.ContainsFunc(r.Imported.Lines, func(l importer.ScriptLine) bool {
			return !l.Done && strings.Contains(l.Said, want)
		}) {
			t.Errorf("script %d:\n%sno line is undecided because of %q:\n%v", i, text, want, r.Imported.Lines)
		}
		if !same || noBash != nil {
			continue
		}
		if d := differs(t, run(t, "bash", text, upstreamFiles, besideFiles), r.Expected); d != "" {
			t.Errorf("script %d:\n%sbash makes another tree (first) than the import follows (second):\n%s", i, text, d)
		}
	}
}
