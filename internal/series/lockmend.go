package series

import (
	"bytes"
	"slices"

	"github.com/howdah/howdah/internal/markers"
)

// MendLock recovers a series.lock that does not parse. If it has merge conflict markers, the result has the entries
// of both sides, so that no change loses its base. It returns nil if nothing can be recovered.
func MendLock(file string, data []byte) *Lock {
	if markers.First(data) == 0 {
		lock, _ := ParseLock(file, bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
		return lock
	}
	first, second := markers.Sides(data)
	ours, _ := ParseLock(file, first)
	theirs, _ := ParseLock(file, second)
	switch {
	case ours == nil:
		return theirs
	case theirs == nil:
		return ours
	}
	for _, c := range theirs.Changes {
		if slices.ContainsFunc(ours.Changes, func(o Locked) bool { return o.Name == c.Name && o.Sum == c.Sum }) {
			continue
		}
		if c.Commit == "" {
			c.Commit = theirs.Commit
		}
		ours.Changes = slices.Insert(ours.Changes, 0, c) // the last entry of a name counts, which is ours
	}
	return ours
}
