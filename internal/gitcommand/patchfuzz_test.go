package gitcommand

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// TestFuzzAgainstPatch compares what is said of patch(1) with what it does, for diffs whose context was changed, which
// were moved, and of which lines are gone.
func TestFuzzAgainstPatch(t *testing.T) {
	if _, err := exec.LookPath("patch"); err != nil {
		t.Skip("patch is not installed")
	}
	rounds := 200
	if testing.Short() {
		rounds = 40
	}
	fuzzed, rejects := 0, 0
	for n := range rounds {
		r := rand.New(rand.NewPCG(12, uint64(n)))
		var old []string
		for i := range 12 + r.IntN(30) {
			old = append(old, fmt.Sprintf("%c%d\n", 'a'+rune(r.IntN(4)), i%7))
		}
		patch := randomDiff(r, old)
		files, err := diff.Parse([]byte(patch))
		if err != nil {
			continue
		}
		fuzz, rejected := fuzzOf(files[0], []byte(strings.Join(old, "")))
		wantFuzz, wantRejected := patched(t, strings.Join(old, ""), patch)
		if wantRejected > 0 {
			rejects++
		} else if wantFuzz > 0 {
			fuzzed++
		}
		if rejected != wantRejected || rejected == 0 && fuzz != wantFuzz {
			t.Errorf("%d: fuzz %d, hunk %d is rejected; patch: %d, %d\n%s\n%s", n, fuzz, rejected, wantFuzz, wantRejected,
				strings.Join(old, ""), patch)
		}
	}
	if fuzzed < rounds/10 || rejects < rounds/10 {
		t.Errorf("only %d with fuzz and %d rejected of %d", fuzzed, rejects, rounds)
	}
}

// randomDiff is a diff of one or two hunks, most of which do not fit exactly.
func randomDiff(r *rand.Rand, old []string) string {
	var b strings.Builder
	b.WriteString("--- a/f\n+++ b/f\n")
	at, shift := 0, 0
	for range 1 + r.IntN(2) {
		start := at + r.IntN(4)
		head, end := r.IntN(4), 1+r.IntN(3)
		if start+head+end+1 > len(old) {
			break
		}
		moved := max(0, start+r.IntN(5)-2) - start
		moved = max(moved, at-start)
		fmt.Fprintf(&b, "@@ -%d,%d +%d,%d @@\n", start+moved+1, head+1+end, start+moved+1+shift, head+1+end)
		for i := range head + 1 + end {
			line := old[start+i]
			switch {
			case i == head:
				fmt.Fprintf(&b, "-%s+new\n", line)
				continue
			case (i == 0 || i == head+end) && r.IntN(3) == 0:
				line = "other\n"
			case r.IntN(12) == 0:
				line = "another\n"
			}
			b.WriteString(" " + line)
		}
		at = start + head + end + 3
	}
	return b.String()
}

var hunkSaid = regexp.MustCompile(`Hunk #(\d+) (succeeded|FAILED)(?:.* with fuzz (\d))?`)

// patched runs patch(1), and returns its greatest fuzz and the first hunk that it rejects.
func patched(t *testing.T, old, patch string) (fuzz, rejected int) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "patch", "-p1", "--dry-run", "--force")
	cmd.Dir, cmd.Stdin, cmd.Env = dir, strings.NewReader(patch), []string{"LC_ALL=C", "PATH=/usr/bin:/bin"}
	out, _ := cmd.Output()
	for _, found := range hunkSaid.FindAllSubmatch(out, -1) {
		if n, _ := strconv.Atoi(string(found[3])); n > fuzz {
			fuzz = n
		}
		if n, _ := strconv.Atoi(string(found[1])); bytes.Equal(found[2], []byte("FAILED")) && rejected == 0 {
			rejected = n
		}
	}
	return fuzz, rejected
}
