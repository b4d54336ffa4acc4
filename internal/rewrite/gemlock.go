package rewrite

import (
	"strings"

	"github.com/howdah/howdah/internal/series"
)

// Orphaned is the first line that a removal from Gemfile.lock leaves below a line that it does not belong to, and an
// edit that takes such lines with it; "" where there is none.
func Orphaned(name string, data, out []byte) (line, try string) {
	if line = orphans(data, out); line != "" {
		try = editWithChildren(name, data, out)
	}
	return line, try
}

// orphans is the first line that a removal leaves below a line that it does not belong to, by indentation; "" if none.
func orphans(data, out []byte) string {
	for _, b := range blocks(data, out) {
		if len(b.old) == 0 || len(b.fresh) > 0 || len(b.after) == 0 {
			continue
		}
		last := b.old[len(b.old)-1]
		if next := b.after[0]; indent(next) > indent(last) {
			return strings.TrimSpace(next)
		}
	}
	return ""
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// editWithChildren proposes an edit that takes the lines with it that belong to a removed one.
func editWithChildren(name string, data, out []byte) string {
	for _, b := range blocks(data, out) {
		if len(b.old) == 0 || len(b.fresh) > 0 {
			continue
		}
		line := strings.TrimRight(b.old[len(b.old)-1], "\n")
		gem, _, versioned := strings.Cut(line, " (")
		if !versioned || gem == "" {
			continue
		}
		e := series.Edit{File: name, Match: "^" + gem + ` \([^)\n]*\)\n(?:` + strings.Repeat(" ", indent(line)+2) +
			`[^\n]*\n)*`, Count: 1}
		if e.Check() == nil && len(e.Spans(data)) == 1 {
			return e.Text()
		}
	}
	return ""
}
