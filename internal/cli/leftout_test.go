package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// mayMount reports whether a program may have mounts and a network of its own here: root may, in most containers not.
var mayMount = sync.OnceValue(func() bool {
	return exec.Command("unshare", "-mn", "sh", "-c", "mount -t tmpfs none /mnt").Run() == nil
})

// leftOut counts the lines of a folder's scripts that begin with a condition, by script.
func leftOut(t *testing.T, dir, condition string) map[string]int {
	t.Helper()
	scripts, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, name := range scripts {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "["+condition+"]") {
				count[strings.TrimSuffix(filepath.Base(name), ".txtar")]++
			}
		}
	}
	return count
}

// skipLeftOut skips, aloud, a test for each script whose lines are left out where nothing may be mounted.
func skipLeftOut(t *testing.T) {
	for name, lines := range leftOut(t, "testdata/script", "mounts") {
		t.Run(name+"/lines-that-mount", func(t *testing.T) {
			if !mayMount() {
				t.Skipf("%d lines of %s.txtar were left out: mounts and networks of one's own need root, outside most containers",
					lines, name)
			}
		})
	}
}

// TestLeftOutLinesAreCounted: the lines with a condition are found, in the scripts that have them.
func TestLeftOutLinesAreCounted(t *testing.T) {
	count := leftOut(t, "testdata/script", "mounts")
	if len(count) == 0 || count["network"] == 0 {
		t.Errorf("found %v", count)
	}
	if none := leftOut(t, "testdata/script", "nothing"); len(none) != 0 {
		t.Errorf("found %v", none)
	}
}
