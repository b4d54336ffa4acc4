package builder

import "github.com/howdah/howdah/internal/fault"

// needFree is the free disk below which no build begins: a web image with its stages takes some 3 GB, and a build that
// fills the disk takes other programs with it.
const needFree = 3 << 30

// CheckFreeDisk refuses where less than needFree, in bytes, is free on the disk of dir, or of the nearest folder above
// it that exists.
func CheckFreeDisk(dir string) error {
	free, err := fault.Free(dir)
	if err != nil {
		return err
	}
	if free < needFree {
		return fault.New(fault.Build, "%.1f GB are free on the disk of %s; a build needs %.0f GB", float64(free)/1e9, dir,
			float64(needFree)/1e9).
			WithHint("free what can be fetched and built again: %s",
				fault.Command{Target: "cache:prune", Args: []string{"-all"}})
	}
	return nil
}
