// Package stamp names a release. Upstream's version, the pin and the facts of a distribution go in; the version shown,
// the environment, labels, annotations, tags, and an image index with them come out. It is pure: it uses neither disk,
// network nor clock, and the same facts give the same bytes.
package stamp

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	goversion "github.com/hashicorp/go-version"

	"github.com/howdah/howdah/internal/fault"
)

// Version is a version of upstream, without metadata.
type Version struct {
	major, minor, patch int
	prerelease          string // "alpha.7"; empty for a final version
}

// longest limits the characters of a version, so that it fits into a tag beside the other parts.
const longest = 64

// grammar is MAJOR.MINOR.PATCH[-PRERELEASE] as semver.org has it: go-version takes "4.6.0-", five parts and
// leading zeros too.
var grammar = regexp.MustCompile(
	`^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})` +
		`(?:-((?:0|[1-9][0-9]{0,8}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)` +
		`(?:\.(?:0|[1-9][0-9]{0,8}|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?$`)

// Parse reads a version such as "4.6.0-alpha.7", strictly.
func Parse(s string) (Version, error) {
	if len(s) > longest {
		return Version{}, fault.New(fault.Usage, "a version of %d characters is too long, at most %d are "+
			"allowed", len(s), longest)
	}
	if strings.Contains(s, "+") {
		return Version{}, fault.New(fault.Usage, "%q has metadata: leave out the \"+\" and what follows, since Howdah "+
			"adds its own", s)
	}
	m := grammar.FindStringSubmatch(s)
	if m == nil {
		return Version{}, fault.New(fault.Usage, "%q is not a version of the form MAJOR.MINOR.PATCH[-PRERELEASE]", s)
	}
	v := Version{prerelease: m[4]}
	for i, part := range []*int{&v.major, &v.minor, &v.patch} {
		*part, _ = strconv.Atoi(m[i+1]) // the grammar allows at most six digits
	}
	return v, nil
}

// ParseFile reads a VERSION file: one version on one line. Errors carry name and line.
func ParseFile(name string, data []byte) (Version, error) {
	at := func(line int, format string, args ...any) (Version, error) {
		return Version{}, fault.New(fault.Usage, format, args...).At(name, line).
			WithHint("the file holds one line such as 4.6.0-alpha.7; this writes it: %s",
				fault.Command{Target: "version:accept"})
	}
	switch {
	case len(data) == 0:
		return at(1, "the file is empty")
	case len(data) > 4*longest:
		return at(1, "%d bytes are too many for one version", len(data))
	case bytes.HasPrefix(data, []byte("\ufeff")):
		return at(1, "the file begins with a byte order mark")
	case bytes.ContainsRune(data, '\r'):
		return at(1, "the line ends in CR LF")
	}
	line, rest, _ := strings.Cut(string(data), "\n")
	if rest != "" {
		return at(2, "nothing may follow the first line")
	}
	if line != strings.TrimSpace(line) {
		return at(1, "white space around %q", strings.TrimSpace(line))
	}
	v, err := Parse(line)
	if err != nil {
		return at(1, "%w", err)
	}
	return v, nil
}

// String returns MAJOR.MINOR.PATCH[-PRERELEASE].
func (v Version) String() string {
	s := fmt.Sprintf("%d.%d.%d", v.major, v.minor, v.patch)
	if v.prerelease != "" {
		s += "-" + v.prerelease
	}
	return s
}

// Line returns MAJOR.MINOR, which a person accepts.
func (v Version) Line() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

// Prerelease reports whether v comes before a final version, as 4.6.0-alpha.7.
func (v Version) Prerelease() bool { return v.prerelease != "" }

// Compare returns a negative number if v is older than w; a prerelease is older than its final version.
func (v Version) Compare(w Version) int { return v.parsed().Compare(w.parsed()) }

// NewerLine reports whether v is of a newer line, MAJOR.MINOR, than w.
func (v Version) NewerLine(w Version) bool {
	return v.major > w.major || v.major == w.major && v.minor > w.minor
}

func (v Version) parsed() *goversion.Version { return goversion.Must(goversion.NewSemver(v.String())) }
