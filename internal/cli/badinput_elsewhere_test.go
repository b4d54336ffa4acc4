package cli_test

import (
	"slices"
	"strings"
)

// elsewhere are the other targets that read a series, each with the change that a heavy one begins with.
var elsewhere = []string{
	"patch:refresh -dry -offline", "patch:history -months=1 -offline", "patch:show FIRST -offline", "patch:diff -offline",
	"patch:export mailbox -offline", "patch:export branch -dir=tree -change=FIRST -offline",
	"patch:new -offline -dir=tree", "patch:checkout tree -offline", "release -dry", "patch:edit more README.md a b -dry",
}

// pinnedBases is a bases.lock of the miniature's base images, with digests that no registry has.
var pinnedBases = strings.ReplaceAll("debian:trixie-slim D\nnode:24-trixie-slim D\nruby:3.3-slim-trixie D\n", "D",
	"sha256:"+strings.Repeat("0", 64))

// heavyElsewhere gives the heaviest series to every target that reads one.
func heavyElsewhere() (out []badInput) {
	for _, c := range heavyInputs() {
		name := strings.TrimPrefix(c.name, "heavy: ")
		if !slices.Contains([]string{"twelve edits of one line", "2,000 failing changes", "2,000 changes that do the same",
			"249,000 hunks", "five patches of a million lines",
			"two patches of a million lines", "three files grow five times", "a hundred heavy matches",
			"a subject of 10 MB", "a folded subject of 10 MB", "9,000 files in one folder", "find of 900 KB",
			"both add a file of few kinds of lines",
			"twenty patches whose hunks fit nowhere among equal lines"}, name) {
			continue
		}
		c.files["bases.lock"] = pinnedBases
		for _, line := range elsewhere {
			if strings.HasPrefix(name, "9,000") && strings.Contains(line, "tree") {
				continue // that writes 9,000 files, as it is told to
			}
			c.name = "heavy: " + name + ": " + line
			c.args = strings.Fields(strings.Replace(line, "FIRST", first(name), 1))
			c.at, c.exit, c.exits = "", 0, []int{2, 3, 7}
			c.diff = strings.HasPrefix(line, "patch:show") || strings.HasPrefix(line, "patch:diff") ||
				strings.HasPrefix(line, "patch:export")
			out = append(out, c)
		}
	}
	return out
}

// first is the name of a heavy series' first change.
func first(series string) string {
	switch {
	case strings.HasPrefix(series, "twelve"):
		return "grow"
	case strings.HasPrefix(series, "2,000"), strings.HasPrefix(series, "five"), strings.HasPrefix(series, "three"),
		strings.HasPrefix(series, "two"),
		strings.HasPrefix(series, "a hundred"):
		return "c0"
	}
	return "x"
}
