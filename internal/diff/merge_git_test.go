package diff_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// vary makes a text out of another by a few random edits.
func vary(r *rand.Rand, text []string, alphabet int) []string {
	out := append([]string(nil), text...)
	for range 1 + r.IntN(4) {
		at := r.IntN(len(out) + 1)
		switch r.IntN(3) {
		case 0:
			out = append(out[:at:at], append([]string{fmt.Sprintf("%d\n", r.IntN(alphabet))}, out[at:]...)...)
		case 1:
			if at < len(out) {
				out = append(out[:at:at], out[at+1:]...)
			}
		case 2:
			if at < len(out) {
				out[at] = fmt.Sprintf("%d\n", r.IntN(alphabet))
			}
		}
	}
	return out
}

func join(lines []string) []byte {
	var b bytes.Buffer
	for _, l := range lines {
		b.WriteString(l)
	}
	return b.Bytes()
}

// TestMergeAgainstGit: what git merge-file merges without conflict, Merge merges to the same bytes, and the other way
// round.
func TestMergeAgainstGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	clean, conflicting := 0, 0
	for n := range 600 {
		alphabet := 3 + r.IntN(30)
		var base []string
		for range r.IntN(40) {
			base = append(base, fmt.Sprintf("%d\n", r.IntN(alphabet)))
		}
		texts := [3][]byte{join(base), join(vary(r, base, alphabet)), join(vary(r, base, alphabet))}
		var names [3]string
		for i, text := range texts {
			names[i] = filepath.Join(dir, fmt.Sprint(i))
			if err := os.WriteFile(names[i], text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := exec.CommandContext(t.Context(), "git", "merge-file", "-p", "-q", names[1], names[0], names[2]).Output()
		var exit *exec.ExitError
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 127) {
			t.Fatal(err)
		}
		got, conflicts := diff.Merge(texts[0], texts[1], texts[2])
		if (err == nil) != (len(conflicts) == 0) {
			t.Fatalf("case %d: git %v, we %d conflicts\nbase\n%sours\n%stheirs\n%s", n, err, len(conflicts), texts[0], texts[1], texts[2])
		}
		if err != nil {
			conflicting++
			continue
		}
		clean++
		if !bytes.Equal(got, want) {
			t.Fatalf("case %d: got\n%swant\n%sbase\n%sours\n%stheirs\n%s", n, got, want, texts[0], texts[1], texts[2])
		}
	}
	if clean < 100 || conflicting < 100 {
		t.Errorf("%d clean and %d conflicting cases prove little", clean, conflicting)
	}
}
