package script_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/golden"
	"github.com/howdah/howdah/internal/script"
)

// TestRecorded follows scripts and compares the tree with the one that bash made; its id is recorded above each
// script in testdata/recorded.txt. With -update bash runs them again.
func TestRecorded(t *testing.T) {
	const file = "testdata/recorded.txt"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sed := sedOf(t)
	var again bytes.Buffer
	scripts := strings.Split("\n"+string(data), "\n==== ")[1:]
	if len(scripts) < 200 {
		t.Fatalf("only %d scripts", len(scripts))
	}
	base := treeOf(t, upstreamFiles)
	for i, one := range scripts {
		id, text, _ := strings.Cut(one, "\n")
		text += "\n"
		if golden.Updating() {
			id = string(run(t, "bash", text, upstreamFiles, besideFiles).Root())
			fmt.Fprintf(&again, "==== %s\n%s", id, text)
		}
		own := map[string]string{"patch.sh": text}
		for name, data := range besideFiles {
			own[name] = data
		}
		src := script.Source{Name: "ours", File: "patch.sh", Data: []byte(text), Beside: besideOf(own)}
		r, err := script.Follow(t.Context(), src, base, sed)
		if err != nil {
			t.Errorf("script %d:\n%s%v", i, text, err)
			continue
		}
		if got := applied(t, r, base, false); got.Root() != r.Expected.Root() {
			t.Errorf("script %d:\n%sthe series (second) is not what the import follows (first):\n%s", i, text,
				differs(t, r.Expected, got))
		}
		if string(r.Expected.Root()) == id {
			continue
		}
		how := "bash is not installed"
		if _, err := exec.LookPath("bash"); err == nil {
			how = differs(t, run(t, "bash", text, upstreamFiles, besideFiles), r.Expected)
		}
		t.Errorf("script %d:\n%sbash made the tree %s (first), the import follows %s (second):\n%s%v", i, text, id,
			r.Expected.Root(), how, r.Imported.Lines)
	}
	if golden.Updating() {
		golden.File(t, file, again.Bytes())
	}
}
