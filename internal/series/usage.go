package series

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/schedule"
)

// usage counts what was read from all folders of changes, against the limits of load.go.
type usage struct {
	entries int
	bytes   int64
	lines   int
	fors    map[string]condition // by the text of "for": its parsed form
	terms   int                  // comparisons in these
	runes   int                  // of all expressions, with repetitions written out
	groups  int                  // group references in all replacements
}

// condition is a parsed "for", or its error.
type condition struct {
	versions schedule.Versions
	err      error
}

// versions parses a "for"; the same text is parsed once.
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

// expression counts the size of an edit's expression.
func (u *usage) expression(e *Edit) error {
	if e.Match == "" || len(e.Match) > maxRunes {
		return nil // Check refuses it
	}
	_, runes := e.Cost()
	if u.runes += runes; u.runes > maxRunes {
		return fmt.Errorf("the expressions of the series have more than %d characters in all, with repetitions written out",
			maxRunes)
	}
	if u.groups += strings.Count(e.Replace, "$"); u.groups > maxGroups {
		return fmt.Errorf("the replacements of all expressions name more than %d groups", maxGroups)
	}
	return nil
}

// manyFolders is the number of folders from which on a path counts twice: each folder on the path costs time.
const manyFolders = 16

// entry counts a file or folder.
func (u *usage) entry(name string) error {
	if strings.Count(name, "/") > manyFolders {
		u.entries++
	}
	if u.entries++; u.entries > maxEntries {
		return fmt.Errorf("more than %d files and folders, which is the limit of all folders of changes", maxEntries)
	}
	return nil
}

// read counts the bytes of a file before it is read.
func (u *usage) read(size int64) *fault.Error {
	if u.bytes += size; u.bytes > maxBytes {
		return safety.Malformed("the files of the series have more than %d MiB, which is the limit", maxBytes>>20)
	}
	return nil
}
