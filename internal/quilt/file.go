package quilt

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// patchEnds are how the names of patches end. Some forums and trackers take only text files.
var patchEnds = []string{".patch", ".diff", ".patch.txt", ".diff.txt", ".mbox", ".mbx", ".eml"}

// IsPatch reports whether a file is a patch, by its name.
func IsPatch(name string) bool {
	name = Unpacked(strings.ToLower(name))
	return slices.ContainsFunc(patchEnds, func(end string) bool { return strings.HasSuffix(name, end) })
}

// Unpacked returns a file's name without the ending of a compressed file.
func Unpacked(name string) string {
	switch end := path.Ext(name); strings.ToLower(end) {
	case ".gz", ".bz2", ".zst", ".xz":
		return strings.TrimSuffix(name, end)
	}
	return name
}

// MayHold reports whether a file without a patch's name may be one by what is in it: "0001-limit", "a.txt".
func MayHold(e fs.DirEntry) bool {
	if end := path.Ext(e.Name()); !e.Type().IsRegular() || end != "" && end != ".txt" {
		return false
	}
	return !strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(strings.ToUpper(e.Name()), "README")
}
