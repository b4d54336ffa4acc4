package dockerfile

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/scriptchanges"
)

// read splits the file into lines. A byte order mark belongs to none.
func (d *docker) read(data []byte) {
	at := 0
	for n, line := range strings.Split(string(data), "\n") {
		d.starts = append(d.starts, at)
		at += len(line) + 1
		if n == 0 && strings.HasPrefix(line, "\ufeff") {
			line = strings.TrimPrefix(line, "\ufeff")
			d.starts[0] = len("\ufeff")
		}
		d.lines = append(d.lines, line)
	}
}

// notes keeps the comments above instructions.
func (d *docker) notes() {
	var text []string
	within := false // an instruction that goes on, whose comments are its own
	for i, line := range d.lines {
		trimmed := strings.TrimSpace(line)
		if within && (trimmed == "" || trimmed[0] == '#') {
			continue
		}
		if c, isComment := strings.CutPrefix(trimmed, "#"); isComment {
			if c = strings.TrimSpace(c); !directive.MatchString(c) {
				text = append(text, strings.TrimLeft(c, "# "))
			}
			continue
		}
		if t := strings.TrimSpace(strings.Join(text, " ")); t != "" && trimmed != "" {
			d.m.Log.Notes = append(d.m.Log.Notes, scriptchanges.Note{Line: i, Text: t})
		}
		text, within = nil, d.continues.MatchString(trimmed)
	}
}

// at is where an instruction stands.
func (d *docker) at(loc []parser.Range) scriptchanges.Spot {
	if len(loc) == 0 {
		return scriptchanges.Spot{}
	}
	from, to := loc[0].Start.Line, loc[len(loc)-1].End.Line
	return scriptchanges.Spot{Line: from, Text: strings.Join(d.lines[from-1:min(to, len(d.lines))], "\n")}
}

// logical is an instruction's lines as BuildKit's parser joins them: without the comments and empty lines between
// them, and without the characters that continue them.
type logical struct {
	text  string
	parts []bash.Cut // where they stand in the file
	last  int        // the last of them; here-documents follow
}

// logicalAt joins the lines of the instruction that begins on a line.
func (d *docker) logicalAt(first int) logical {
	out := logical{last: first}
	for number := first; number <= len(d.lines); number++ {
		line := strings.TrimRight(d.lines[number-1], "\r")
		from := d.starts[number-1]
		trimmed := strings.TrimLeftFunc(line, unicode.IsSpace)
		if number == first {
			from, line = from+len(line)-len(trimmed), trimmed
		}
		out.last = number
		if number > first && (trimmed == "" || trimmed[0] == '#') {
			continue
		}
		end := d.continues.FindStringIndex(line)
		if end != nil {
			line = line[:end[0]] + strings.TrimRight(line[end[0]:], " \t\r")
			line = line[:len(line)-1]
		}
		out.parts = append(out.parts, bash.Cut{Offset: len(out.text), From: from, Line: number})
		if out.text += line; end == nil {
			break
		}
	}
	return out
}

// continuation matches the end of a line that goes on, by the Dockerfile's escape character.
func continuation(escape rune) *regexp.Regexp {
	e := regexp.QuoteMeta(string(escape))
	return regexp.MustCompile(`(^|[^` + e + `])` + e + `[ \t]*$`)
}

// directive matches a comment that is for BuildKit's parser.
var directive = regexp.MustCompile(`(?i)^(syntax|escape|check)\s*=`)
