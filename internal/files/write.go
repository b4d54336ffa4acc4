package files

import (
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"github.com/howdah/howdah/internal/fault"
)

// Write writes a file whole or not at all, and the folders above it. What stands in the way gets a hint.
func Write(path string, data []byte) error {
	folder := filepath.Dir(path)
	err := os.MkdirAll(folder, 0o755)
	if err == nil {
		err = renameio.WriteFile(path, data, 0o644, renameio.WithTempDir(folder), renameio.WithExistingPermissions())
	}
	if err != nil {
		return fault.Disk(fault.New(fault.Other, "writing %q: %w", path, err), folder)
	}
	return nil
}
