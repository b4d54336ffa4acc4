package markers_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/markers"
)

// TestFirst finds markers of every kind, and none in lines that look a little like them.
func TestFirst(t *testing.T) {
	for text, want := range map[string]int{
		"":                                    0,
		"======":                              0,
		"=======x":                            0,
		"<<<<<< x":                            0,
		" <<<<<<< x":                          0,
		"# =======":                           0,
		"<|=><|= x":                           0,
		"= 1\n< 2\n> 3\n":                     0,
		"<<<<<<< HEAD\n":                      1,
		"x\r\n<<<<<<< HEAD\r\n":               2,
		"\xef\xbb\xbf<<<<<<< HEAD\n":          1,
		"x\n=======\n":                        2,
		"x\n\n>>>>>>> theirs":                 3,
		"||||||| 1234567\n":                   1,
		"x\n<<<<<<<<<<<< HEAD\n":              2,
		"x\n<<< a\ny\n===\nz\n>>> b\n":        2,
		"x\n<<< a\ny\n":                       0,
		"x\n<<< a\ny\n====\nz\n>>> b\n":       0,
		"===\nx\n<<< a\ny\n===\nz\n>>> b\n":   1,
		"<<<<<<< HEAD\nx\n=======\n<<<<<<<\n": 1,
	} {
		if n := markers.First([]byte(text)); n != want {
			t.Errorf("%q: line %d, want %d", text, n, want)
		}
	}
}

// TestSidesOfGit reads conflicts as git itself writes them: in each style, with markers of other sizes, with Windows
// line ends, behind a byte order mark, half resolved.
func TestSidesOfGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	const head, tail = "# head\n\none\n", "\nlast\n"
	base, ours, theirs := head+"base\nsame\n"+tail, head+"mine\nsame\n"+tail, head+"yours\nmore\nsame\n"+tail
	for _, style := range []string{"--diff3", "--zdiff3", "--ours=no", "--marker-size=3", "--marker-size=15"} {
		text := conflicted(t, style, base, ours, theirs)
		for _, form := range []struct {
			name string
			of   func(string) string
		}{
			{"as it is", func(s string) string { return s }},
			{"CRLF", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
			{"BOM", func(s string) string { return "\xef\xbb\xbf" + s }},
		} {
			data := []byte(form.of(text))
			a, b := markers.Sides(data)
			plain := func(b []byte) string { return strings.ReplaceAll(string(b), "\r\n", "\n") }
			if markers.First(data) != 4 || plain(a) != ours || plain(b) != theirs {
				t.Errorf("%s, %s: line %d\n%s\nours:\n%s\ntheirs:\n%s", style, form.name, markers.First(data), data, a, b)
			}
		}
	}
	half := strings.Replace(conflicted(t, "--diff3", base, ours, theirs), "<<<<<<< ours\n", "", 1)
	a, b := markers.Sides([]byte(half))
	if markers.First([]byte(half)) != 5 || string(a) != ours || string(b) != head+"mine\nyours\nmore\nsame\n"+tail {
		t.Errorf("half resolved:\n%s\nours:\n%s\ntheirs:\n%s", half, a, b)
	}
	nested := strings.Replace(conflicted(t, "--diff3", base, ours, theirs), "base\n=",
		"<<<<<<<<< temporary\nx\n||||||||| y\nz\n=========\nq\n>>>>>>>>> other\n=", 1)
	if a, b := markers.Sides([]byte(nested)); string(a) != ours || string(b) != theirs {
		t.Errorf("nested:\n%s\nours:\n%s\ntheirs:\n%s", nested, a, b)
	}
}

// conflicted merges three texts with git merge-file.
func conflicted(t *testing.T, style, base, ours, theirs string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"base": base, "ours": ours, "theirs": theirs} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"merge-file", "-p", "-L", "ours", "-L", "base", "-L", "theirs"}
	if style != "--ours=no" { // git's own style
		args = append(args, style)
	}
	cmd := exec.CommandContext(t.Context(), "git", append(args, "ours", "base", "theirs")...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "HOME="+dir)
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 {
		t.Fatalf("git merge-file: %v\n%s", err, out)
	}
	return string(out)
}
