package term

import "strings"

// DiffStyle returns the style of a line of a diff.
func DiffStyle(l string) Style {
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

// Diff returns a diff in colour.
func Diff(text string) Page {
	var p Page
	for l := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		p.Add(DiffStyle(l).Of("%s", strings.ReplaceAll(l, "\t", "    ")))
	}
	return p
}
