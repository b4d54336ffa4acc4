package series

import (
	"bytes"
	"slices"
)

// lockMarkers returns the line of the first of git's merge conflict markers in a series.lock, or 0.
func lockMarkers(data []byte) int {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if conflictMarker(line) != 0 {
			return n
		}
	}
	return 0
}

// conflictMarker returns the character of which a line has seven, as git marks a conflict with them; 0 of other lines.
// TOML has no line that begins so.
func conflictMarker(line []byte) byte {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) < 7 || !bytes.Contains([]byte("<|=>"), line[:1]) || bytes.Count(line[:7], line[:1]) != 7 {
		return 0
	}
	if len(line) > 7 && line[7] != ' ' {
		return 0
	}
	return line[0]
}

// MendLock returns what is still known of a series.lock that cannot be read: of one with merge conflict markers, the
// entries of both sides, so that no change loses its base. It returns nil where nothing is known.
func MendLock(file string, data []byte) *Lock {
	if lockMarkers(data) == 0 {
		return nil
	}
	ours, _ := ParseLock(file, oneSide(data, '<'))
	theirs, _ := ParseLock(file, oneSide(data, '='))
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
		ours.Changes = slices.Insert(ours.Changes, 0, c) // of one name the last counts, which is ours
	}
	return ours
}

// oneSide returns the text with one side of each conflict: the one that a marker of this character begins.
func oneSide(data []byte, begins byte) []byte {
	var out []byte
	in := byte(0)
	for line := range bytes.Lines(data) {
		if mark := conflictMarker(line); mark != 0 {
			if in = mark; mark == '>' {
				in = 0
			}
			continue
		}
		if in == 0 || in == begins {
			out = append(out, line...)
		}
	}
	return out
}
