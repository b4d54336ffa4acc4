package lock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/fault"
)

// Share takes the lock at path together with others. Who comes first, while nobody has it, tidies up before the others
// are let in; tidy must be short. The path is not one of Take's.
func Share(ctx context.Context, path string, tidy func() error) (*Lock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fault.Disk(fault.New(fault.Other, "locking %q: %w", path, err), filepath.Dir(path))
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fault.Disk(fault.New(fault.Other, "locking %q: %w", path, err), filepath.Dir(path))
	}
	if err := share(ctx, f, tidy); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %q: %w", path, err), f.Close())
	}
	return &Lock{f, sync.OnceValue(func() error { return unlock(f) })}, nil
}

func share(ctx context.Context, f *os.File, tidy func() error) error {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := flock(f, syscall.LOCK_EX)
		if err == nil {
			if err := tidy(); err != nil {
				return err
			}
		} else if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		if err := flock(f, syscall.LOCK_SH); !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
	}
}
