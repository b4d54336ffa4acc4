package stamp

import (
	"regexp"

	"github.com/howdah/howdah/internal/fault"
)

// MaxName is how many characters a distribution's name may have. The version that a server shows ends in it, and the
// repository of the release's record is named after it.
const MaxName = 32

var nameForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// CheckName returns an error (exit code 2) for a text that cannot be a distribution's name. init, howdah.toml and a
// release all use it.
func CheckName(name string) error {
	if len(name) > MaxName {
		return fault.New(fault.Usage, "the name %.80q has %d characters, at most %d are allowed", name, len(name), MaxName).
			WithHint("choose a shorter one: the version that the server shows ends in it")
	}
	if !nameForm.MatchString(name) {
		return fault.New(fault.Usage, "the name %q cannot be part of a version and of an image's name", name).
			WithHint("use at most %d small letters and digits, with single dashes between them", MaxName)
	}
	return nil
}
