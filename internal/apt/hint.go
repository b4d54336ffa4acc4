package apt

import "strings"

// Hint says what to do about what apt-get printed, "" where its own words have to do: Debian signs its lists with the
// time, and apt-get refuses those of the future, and those that are out of date.
func Hint(text string) string {
	switch {
	case strings.Contains(text, "is not valid yet (invalid for another"):
		return "this machine's clock is behind: Debian's list of packages is of a later time; compare (date -u), and set it"
	case strings.Contains(text, "is expired (invalid since"):
		return "this machine's clock is ahead, or the mirror of Debian is out of date: compare (date -u), and set the " +
			"clock, or name another mirror in debian_mirror under [build]"
	}
	return ""
}
