package rewrite

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/verdict"
)

// The first and the last line of what OpenEdits writes, without the comment's sign.
const (
	openBegin = "<<<<<<< edit "
	openEnd   = ">>>>>>> make the edit here, and remove these lines"
)

// hasOpenEdit reports whether an edit that was not made stands in a text as OpenEdits writes it.
func hasOpenEdit(data []byte) bool {
	return bytes.Contains(data, []byte(openBegin)) && bytes.Contains(data, []byte(openEnd))
}

// OpenEdits writes the edits that could not be made in a file into it, for a person to make: each as a block of
// comments with what was looked for, what was to take its place, and the lines that come near. It stands above the
// nearest line, or above the last.
func OpenEdits(name string, data []byte, change string, missed []apply.MissedEdit) []byte {
	ending := ""
	if bytes.Contains(data, []byte("\r\n")) {
		ending = "\r"
	}
	lines := strings.Split(string(data), "\n")
	for _, m := range missed {
		at := standing(lines, m.Near)
		block := openBlock(name, change, m)
		indent := lines[at][:len(lines[at])-len(strings.TrimLeft(lines[at], " \t"))]
		for i, line := range block {
			block[i] = indent + line + ending
		}
		lines = slices.Insert(lines, at, block...)
	}
	return []byte(strings.Join(lines, "\n"))
}

// standing is the index of the line above which a block goes: the first place, looked for by its text, for other edits
// have moved the lines; the last line if it is not there.
func standing(lines []string, near []verdict.Place) int {
	best := -1
	for i, line := range lines {
		if len(near) > 0 && near[0].Line > 0 && strings.HasPrefix(line, near[0].Text) &&
			(best < 0 || distance(i, near[0].Line-1) < distance(best, near[0].Line-1)) {
			best = i
		}
	}
	if best < 0 {
		return len(lines) - 1
	}
	return best
}

func distance(a, b int) int { return max(a-b, b-a) }

// openBlock is the block of one edit, line by line.
func openBlock(name, change string, m apply.MissedEdit) []string {
	what, text := "find", m.Edit.Find
	if m.Edit.Match != "" {
		what, text = "match", m.Edit.Match
	}
	matches := "matches"
	if m.Edit.Count == 1 {
		matches = "match"
	}
	out := []string{fmt.Sprintf("%s%d of %d of %s: expected %d %s, found %s", openBegin, m.Number, m.Of, change,
		m.Edit.Count, matches, foundCount(m.Found))}
	out = append(out, titled(what, text)...)
	out = append(out, titled("replace", m.Edit.Replace)...)
	for _, p := range m.Near {
		if p.Line > 0 {
			out = append(out, fmt.Sprintf("line %d:", p.Line), "  "+p.Text)
		}
	}
	return commented(name, append(out, openEnd))
}

// foundCount is a number of matches, which are counted up to a limit only.
func foundCount(n int) string {
	if n > series.MaxCount {
		return fmt.Sprintf("more than %d", series.MaxCount)
	}
	return fmt.Sprint(n)
}

// titled is a text of several lines under a title.
func titled(title, text string) []string {
	if text == "" {
		return []string{title + ": nothing"}
	}
	out := []string{title + ":"}
	for line := range strings.Lines(text) {
		out = append(out, "  "+strings.TrimRight(line, "\r\n"))
	}
	return out
}

// comments are the signs between which a line is a comment, by the ending of a file's name, or by its whole name.
var comments = map[string][2]string{
	".rb": {"# "}, ".rake": {"# "}, ".ru": {"# "}, ".yml": {"# "}, ".yaml": {"# "}, ".sh": {"# "}, ".toml": {"# "},
	".conf": {"# "}, "Gemfile": {"# "}, "Rakefile": {"# "}, "Dockerfile": {"# "}, "Procfile": {"# "},
	".js": {"// "}, ".jsx": {"// "}, ".ts": {"// "}, ".tsx": {"// "}, ".mjs": {"// "}, ".cjs": {"// "}, ".mts": {"// "},
	".scss": {"// "}, ".css": {"/* ", " */"}, ".haml": {"-# "}, ".slim": {"/ "},
	".html": {"<!-- ", " -->"}, ".svg": {"<!-- ", " -->"}, ".xml": {"<!-- ", " -->"}, ".md": {"<!-- ", " -->"},
	".erb": {"<!-- ", " -->"},
}

// commented turns lines into comments, in the language of a file. A language without comments, or a text that would end
// one, leaves them as they are: between their marks they are seen as well.
func commented(name string, lines []string) []string {
	signs, ok := comments[path.Ext(name)]
	if own, named := comments[path.Base(name)]; named {
		signs, ok = own, true
	}
	end := strings.TrimSpace(signs[1])
	if !ok || end != "" && slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, end) }) {
		return lines
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = strings.TrimRight(signs[0]+line+signs[1], " ")
	}
	return out
}
