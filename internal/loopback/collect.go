package loopback

import (
	"context"
	"io"
	"time"

	"github.com/distribution/distribution/v3/registry/storage"
	"github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"github.com/sirupsen/logrus"

	"github.com/howdah/howdah/internal/fault"
)

// Collect frees what nothing leads to in the store of a registry on loopback: blobs of manifests that were deleted, and
// uploads that were begun a day ago or earlier. The registry must not be serving.
func Collect(ctx context.Context, dir string, now time.Time) error {
	logrus.SetOutput(io.Discard)
	driver := filesystem.New(filesystem.DriverParameters{RootDirectory: dir, MaxThreads: 100})
	if _, err := driver.Stat(ctx, "/docker/registry/v2/repositories"); err != nil {
		return nil // nothing was ever pushed
	}
	if _, err := driver.Stat(ctx, "/docker/registry/v2/blobs"); err == nil {
		store, err := storage.NewRegistry(ctx, driver, storage.EnableDelete)
		if err == nil {
			err = storage.MarkAndSweep(ctx, driver, store, storage.GCOpts{Quiet: true})
		}
		if err != nil {
			return fault.New(fault.Other, "removing data from %q: %w", dir, err)
		}
	} // else no upload has ended yet
	_, errs := storage.PurgeUploads(ctx, driver, now.Add(-24*time.Hour), true)
	for _, err := range errs {
		if err != nil {
			return fault.New(fault.Other, "removing data from %q: %w", dir, err)
		}
	}
	return nil
}
