package stamp

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

var hexDigits = regexp.MustCompile(`^[0-9a-f]+$`)

// short returns the first n digits of a hexadecimal name.
func short(s string, n int) (string, error) {
	if len(s) < n || !hexDigits.MatchString(s) {
		return "", fault.New(fault.Other, "expected at least %d hex digits, found %q", n, s)
	}
	return s[:n], nil
}

func trimAlgorithm(s string) string { return strings.TrimPrefix(s, "sha256:") }

func sortTags(tags []Tag) {
	slices.SortFunc(tags, func(a, b Tag) int { return cmp.Compare(a.String(), b.String()) })
}

// Inputs returns the digest of everything that decides a release, except the time: the images' own inputs, the
// patched commit and the stamp. Equal inputs are the same release.
func Inputs(images map[string]string, commit string, s Stamp) string {
	h := sha256.New()
	write := func(key, value string) { fmt.Fprintf(h, "%d:%s=%d:%s\n", len(key), key, len(value), value) }
	write("howdah", "release 1")
	for _, name := range slices.Sorted(maps.Keys(images)) {
		write("image "+name, images[name])
		for _, e := range s.Environment() {
			write("env "+name, e)
		}
		labels := s.labels(name)
		for _, k := range slices.Sorted(maps.Keys(labels)) {
			write("label "+name+" "+k, labels[k])
		}
	}
	write("commit", commit)
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
