package builder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/howdah/howdah/internal/secret"
)

// keptLog is how much of the end of buildkitd's log stays when the daemon has ended.
const keptLog = 1 << 20

// maskLog replaces the secrets in the log of a daemon that has ended: buildkitd writes the file itself, and it may hold
// what a registry answered.
func (h home) maskLog(ctx context.Context) error {
	f, err := os.OpenFile(h.in("buildkitd.log"), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("masking buildkitd's log: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("masking buildkitd's log: %w", err)
	}
	data, err := io.ReadAll(io.NewSectionReader(f, max(0, info.Size()-keptLog), keptLog))
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.WriteAt([]byte(secret.Mask(ctx, string(data))), 0)
	}
	if err != nil {
		return fmt.Errorf("masking buildkitd's log: %w", err)
	}
	return nil
}
