package fault

import (
	"os/exec"
	"testing"
)

// TestWordIsOneWordOfAShell has a shell print what Word made: a path in a pasted command stays one argument.
func TestWordIsOneWordOfAShell(t *testing.T) {
	for _, path := range []string{"tree", "my tree", "it's", "a$HOME", "a;b", "", "größe", "-x", "a\nb", `a\b"c`} {
		out, err := exec.Command("sh", "-c", "printf '%s|' -- "+Word(path)).CombinedOutput()
		if err != nil {
			t.Skipf("no sh: %v", err)
		}
		if want := "--|" + path + "|"; string(out) != want {
			t.Errorf("%q: the shell reads %q", path, out)
		}
	}
}
