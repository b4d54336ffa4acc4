package stamp

import (
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// Tags that Howdah itself writes, besides those of releases.
const (
	TagCurrent  = "current" // of the newest release's record
	TagPending  = "pending" // of the record of a release whose images are uploaded and whose tags are being moved
	TagHold     = "hold"    // of the hold, which is another artifact
	BuildPrefix = "build-"  // begins those of one platform's builds
)

// timeForm is how the tags of releases begin, and those of runs that claim one.
var timeForm = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z(-|$)`)

// CheckMoving returns an error (exit code 2) for a moving tag that Howdah itself writes.
func CheckMoving(tag string) error {
	if slices.Contains([]string{TagCurrent, TagPending, TagHold}, tag) || strings.HasPrefix(tag, BuildPrefix) ||
		timeForm.MatchString(tag) {
		return fault.New(fault.Usage, "the tag %q is reserved: Howdah makes tags of this form itself", tag).
			WithHint("choose another, such as edge")
	}
	return nil
}
