package stamp

import (
	"regexp"
	"time"

	"github.com/howdah/howdah/internal/fault"
)

// Tag is the immutable name of a release. As text, tags sort by time: time leads, with a fixed width.
type Tag struct {
	Time    time.Time // of the run that made it; UTC, whole seconds
	Version Version   // upstream's
	commit  string    // nine digits of upstream's commit
	release string    // eight digits of the release's inputs
}

const timeLayout = "20060102T150405Z"

var tagForm = regexp.MustCompile(`^([0-9]{8}T[0-9]{6}Z)-(.+)-g([0-9a-f]{9})-([0-9a-f]{8})$`)

// NewTag returns a tag. Commit has all its 40 hex digits, inputs its 64, perhaps after "sha256:".
func NewTag(at time.Time, v Version, commit, inputs string) (Tag, error) {
	c, err := short(commit, 9)
	if err != nil {
		return Tag{}, err
	}
	r, err := short(trimAlgorithm(inputs), 8)
	if err != nil {
		return Tag{}, err
	}
	return ParseTag(Tag{at.UTC().Truncate(time.Second), v, c, r}.String())
}

// ParseTag parses a tag strictly: String returns the same text.
func ParseTag(s string) (Tag, error) {
	m := tagForm.FindStringSubmatch(s)
	if m == nil {
		return Tag{}, fault.New(fault.Usage, "%q is not a release's tag of the form TIME-VERSION-gCOMMIT-RELEASE", s)
	}
	at, err := time.Parse(timeLayout, m[1])
	if err != nil {
		return Tag{}, fault.New(fault.Usage, "%q does not begin with a time: %w", s, err)
	}
	v, err := Parse(m[2])
	if err != nil {
		return Tag{}, fault.New(fault.Usage, "reading tag %q: %w", s, err)
	}
	return Tag{at, v, m[3], m[4]}, nil
}

// String returns the tag as a registry has it, at most 101 characters.
func (t Tag) String() string {
	return t.Time.Format(timeLayout) + "-" + t.Version.String() + "-g" + t.commit + "-" + t.release
}

// Same reports whether two tags name the same content: the same pin and the same inputs, whatever the time.
func (t Tag) Same(u Tag) bool { return t.commit == u.commit && t.release == u.release }

// Tags returns the tags of releases among a registry's tags, oldest first.
func Tags(names []string) []Tag {
	var out []Tag
	for _, n := range names {
		if t, err := ParseTag(n); err == nil {
			out = append(out, t)
		}
	}
	sortTags(out)
	return out
}
