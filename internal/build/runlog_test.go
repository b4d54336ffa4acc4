package build

import (
	"os"
	"path/filepath"
	"testing"
)

// TestRunLog: nobody but its owner may read what the images' programs print, whoever could read an earlier log.
func TestRunLog(t *testing.T) {
	name := filepath.Join(t.TempDir(), "image-run.log")
	for _, before := range []string{"", "from before\n"} {
		if before != "" {
			if err := os.WriteFile(name, []byte(before), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(name, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		log, err := createRunLog(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 || info.Size() > 0 {
			t.Errorf("after %q: %v, %v", before, info, err)
		}
	}
}
