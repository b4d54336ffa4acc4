package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Each checkout has a name of its own, the same each time.
func TestMemoryName(t *testing.T) {
	if one := memoryName("/a/howdah"); one != memoryName("/a/howdah") || one == memoryName("/b/howdah") {
		t.Errorf("%s, %s and %s", one, memoryName("/a/howdah"), memoryName("/b/howdah"))
	}
}

// The folder in memory is one run's at a time, is empty for the next, and keeps its name.
func TestMemoryFolder(t *testing.T) {
	name := fmt.Sprintf("howdah-test-folder-%d", os.Getpid())
	dir, release := memoryFolderAt(inMemory, name)
	if dir == "" {
		t.Skip("skipped: no file system in memory that runs programs and has 2 GB free")
	}
	defer os.RemoveAll(dir)
	if second, _ := memoryFolderAt(inMemory, name); second != "" {
		t.Errorf("a second run gets %s too", second)
	}
	if err := os.WriteFile(filepath.Join(dir, "left"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	release()
	again, release := memoryFolderAt(inMemory, name)
	defer release()
	if _, err := os.Stat(filepath.Join(again, "left")); again != dir || !os.IsNotExist(err) {
		t.Errorf("the next run gets %q, and what was left: %v", again, err)
	}
	if proc, _ := memoryFolderAt("/proc", name); proc != "" {
		t.Errorf("%s is taken for a folder in memory", proc)
	}
}
