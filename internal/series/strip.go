package series

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/diff"
)

// Plain gives the patch in git's own form. Patches of quilt's folders may have other leading parts than a/ and b/,
// and lines of other tools between the files; lines keep their numbers.
func (f *File) Plain() []byte {
	if !f.quilt {
		return f.Data
	}
	if f.Strip == 1 {
		if _, err := diff.Parse(f.Data); err == nil {
			return f.Data
		}
	}
	lines := bytes.SplitAfter(f.Data, []byte("\n"))
	old, fresh, begun := 0, 0, false // lines that the open hunk still has
	for i, line := range lines {
		text := string(line)
		switch {
		case old > 0 || fresh > 0:
			switch text[:min(1, len(text))] {
			case "-":
				old--
			case "+":
				fresh--
			case `\`:
			default:
				old, fresh = old-1, fresh-1
			}
		case strings.HasPrefix(text, "@@ "):
			old, fresh = hunkSize(text)
		case strings.HasPrefix(text, "--- ") && i+1 < len(lines) && bytes.HasPrefix(lines[i+1], []byte("+++ ")):
			lines[i] = f.rename(text, "a/")
			begun = true
		case strings.HasPrefix(text, "+++ ") && i > 0 && bytes.HasPrefix(lines[i-1], []byte("--- ")):
			lines[i] = f.rename(text, "b/")
		case begun && (strings.HasPrefix(text, "Index: ") || strings.HasPrefix(text, "=====") ||
			strings.HasPrefix(text, "diff ") && !strings.HasPrefix(text, "diff --git ")):
			lines[i] = []byte("\n")
		}
	}
	return bytes.Join(lines, nil)
}

var hunkHead = regexp.MustCompile(`^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@`)

func hunkSize(line string) (old, fresh int) {
	m := hunkHead.FindStringSubmatch(line)
	if m == nil {
		return 0, 0
	}
	size := func(s string) int {
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
		return 1
	}
	return size(m[1]), size(m[2])
}

// rename strips the leading parts of the name on a --- or +++ line and puts git's prefix in their place.
func (f *File) rename(line, prefix string) []byte {
	head, name := line[:4], line[4:]
	if strings.HasPrefix(name, "/dev/null") || strings.HasPrefix(name, `"`) {
		return []byte(line)
	}
	for range f.Strip {
		_, rest, ok := strings.Cut(name, "/")
		if !ok {
			return []byte(line)
		}
		name = rest
	}
	return []byte(head + prefix + name)
}
