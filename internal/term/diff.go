package term

import (
	"regexp"
	"strings"
)

// diffStyle returns the style of a line of a diff.
func diffStyle(l string) Style {
	switch {
	case strings.HasPrefix(l, "+++"), strings.HasPrefix(l, "---"):
		return Bold
	case strings.HasPrefix(l, "+"):
		return Green
	case strings.HasPrefix(l, "-"):
		return Red
	}
	return Normal
}

// index matches the line of a diff that names both blobs.
var index = regexp.MustCompile(`^(index [0-9a-f]{9})[0-9a-f]*\.\.([0-9a-f]{9})[0-9a-f]*( [0-7]+)?$`)

// DiffLine returns a line of a diff for a person, indented: in colour, its blobs by nine digits, and never broken: the
// rest of a broken line would look like a line of context.
func DiffLine(indent int, l string) Span {
	text := strings.ReplaceAll(index.ReplaceAllString(l, "$1..$2$3"), "\t", "    ")
	return diffStyle(l).Of("%s%s", strings.Repeat(" ", indent), text).Unbroken()
}

// Diff returns a diff for a person.
func Diff(text string) Page {
	var p Page
	for l := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		p.Add(DiffLine(0, l))
	}
	return p
}
