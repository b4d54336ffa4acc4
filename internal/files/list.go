package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// list reads the entries of an open folder.
func list(f *os.File, name string) ([]fs.DirEntry, error) {
	entries, err := f.ReadDir(maxEntries + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, plain(name, err)
	}
	if len(entries) > maxEntries {
		return nil, refuse(name, "the folder has more than %d entries, which is the limit", maxEntries)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}
