package series

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/schedule"
)

// usage is what was read of all folders of changes.
type usage struct {
	entries int
	bytes   int64
	lines   int
	fors    map[string]condition // what was read of each distinct "for"
	terms   int                  // comparisons of these
}

// condition is a "for", or why it is none.
type condition struct {
	versions schedule.Versions
	err      error
}

// versions reads a "for" once, however many changes have it.
func (u *usage) versions(text string) (schedule.Versions, error) {
	c, ok := u.fors[text]
	if !ok {
		if u.terms += 1 + strings.Count(text, ","); u.terms > maxTerms {
			return schedule.Versions{}, fmt.Errorf("more than %d comparisons in all that differ, which is the limit of a series",
				maxTerms)
		}
		c.versions, c.err = schedule.ParseVersions(text)
		if u.fors == nil {
			u.fors = map[string]condition{}
		}
		u.fors[text] = c
	}
	return c.versions, c.err
}

// entry counts a file or folder that was found.
func (u *usage) entry() error {
	if u.entries++; u.entries > maxEntries {
		return fmt.Errorf("more than %d files and folders, which is the limit of all folders of changes", maxEntries)
	}
	return nil
}

// read counts a file that is about to be read.
func (u *usage) read(size int64) *fault.Error {
	if u.bytes += size; u.bytes > maxBytes {
		return safety.Malformed("the files of the series have more than %d MiB, which is the limit", maxBytes>>20)
	}
	return nil
}
