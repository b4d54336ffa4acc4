package patchform

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/mail"
)

// text is a patch's lines, and which of them say what.
type text struct {
	lines    [][]byte
	sections []*section
	others   []int // lines of other tools between the files
	prose    []int // lines that a person wrote behind a file's last hunk
	settings []int // lines about Subversion's properties
}

// section is what a patch does to one file. Positions are indexes of lines; -1 is none.
type section struct {
	git, old, fresh  int
	from, to         int // "rename from" or "copy from", and "to"
	oldRaw, freshRaw string
	same             bool // "diff --git" names the same path twice: it has no prefixes
	hunks            []hunk

	oldName, freshName string // once they are known; "" is /dev/null
}

// hunk is a run of lines.
type hunk struct {
	head, end      int // the head's line, and the line after the last
	oldGap, newGap int // lines that the head promises and that are not there; negative: lines that it does not promise
}

var hunkHead = regexp.MustCompile(`^@@ -([0-9]{1,8})(?:,([0-9]{1,8}))? \+[0-9]{1,8}(?:,([0-9]{1,8}))? @@`)

func size(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	return 1
}

// bare is a line without its line end.
func bare(line []byte) string { return strings.TrimRight(string(line), "\r\n") }

func scan(data []byte) *text {
	t := &text{lines: bytes.SplitAfter(data, []byte("\n"))}
	if n := len(t.lines); n > 0 && len(t.lines[n-1]) == 0 {
		t.lines = t.lines[:n-1]
	}
	var open *section
	begin := func() *section {
		open = &section{git: -1, old: -1, fresh: -1, from: -1, to: -1}
		t.sections = append(t.sections, open)
		return open
	}
	for i := 0; i < len(t.lines); i++ {
		line := bare(t.lines[i])
		switch {
		case strings.HasPrefix(line, "diff --git "):
			begin().git = i
		case strings.HasPrefix(line, "--- ") && i+1 < len(t.lines) && bytes.HasPrefix(t.lines[i+1], []byte("+++ ")):
			if open == nil || open.old >= 0 || open.git < 0 || len(open.hunks) > 0 {
				begin()
			}
			open.old, open.fresh = i, i+1
			i++
		case open != nil && (strings.HasPrefix(line, "rename from ") || strings.HasPrefix(line, "copy from ")):
			open.from = i
		case open != nil && (strings.HasPrefix(line, "rename to ") || strings.HasPrefix(line, "copy to ")):
			open.to = i
		case open != nil && open.old >= 0 && strings.HasPrefix(line, "@@ "):
			if m := hunkHead.FindStringSubmatch(line); m != nil {
				h := t.hunk(i, size(m[2]), size(m[3]))
				open.hunks = append(open.hunks, h)
				i = h.end - 1
			}
		case open != nil && other(line):
			t.others = append(t.others, i)
		}
	}
	for n, s := range t.sections {
		s.read(t)
		end := len(t.lines)
		if n+1 < len(t.sections) {
			end = t.sections[n+1].begin()
		}
		t.findText(s, end)
	}
	return t
}

// findText finds text that a person wrote behind the last hunk of a file, up to a line. Where the hunk is complete, it
// is no line of the diff. What follows a signature or a mail's head is known as such by the reader of the diff.
func (t *text) findText(s *section, end int) {
	if len(s.hunks) == 0 {
		return
	}
	last := s.hunks[len(s.hunks)-1]
	if last.oldGap > 0 || last.newGap > 0 {
		return
	}
	for i := last.end; i < end; i++ {
		line := bare(t.lines[i])
		if strings.HasPrefix(line, "Property changes on: ") {
			for ; i < end; i++ {
				t.settings = append(t.settings, i)
			}
			return
		}
		switch {
		case strings.TrimSpace(line) == "", other(line):
			continue
		case line == "-- ", line == "--", mail.Separator([]byte(line)), strings.HasPrefix(line, "commit "),
			strings.ContainsAny(line[:1], " +-\\@*"), strings.HasPrefix(line, "diff --"),
			strings.HasPrefix(line, "GIT binary patch"), strings.HasPrefix(line, "Binary files "), conflict.MatchString(line):
			return
		}
		t.prose = append(t.prose, i)
	}
}

var conflict = regexp.MustCompile(`^(?:<<<<<<<|=======|>>>>>>>)`)

// other reports whether a line is one that other tools than git write between two files.
func other(line string) bool {
	return strings.HasPrefix(line, "Index: ") || strings.HasPrefix(line, "=====") || strings.HasPrefix(line, "Only in ") ||
		strings.HasPrefix(line, "diff ") && !strings.HasPrefix(line, "diff --")
}

var version = regexp.MustCompile(`^[0-9]+\.[0-9]`)

// signature reports whether a line begins the signature of a mail, which looks like a removed line.
func (t *text) signature(i int) bool {
	line := bare(t.lines[i])
	return (line == "-- " || line == "--") && i+1 < len(t.lines) && version.Match(t.lines[i+1])
}

// hunk finds the end of one.
func (t *text) hunk(head, old, fresh int) hunk {
	h := hunk{head: head, end: head + 1}
	for ; h.end < len(t.lines); h.end++ {
		line := t.lines[h.end]
		op := byte(' ')
		if len(bytes.TrimRight(line, "\r\n")) > 0 {
			op = line[0]
		}
		if op == '\\' {
			continue
		}
		if old <= 0 && fresh <= 0 || t.signature(h.end) {
			break
		}
		if op == '-' && strings.HasPrefix(bare(line), "--- ") && h.end+1 < len(t.lines) &&
			bytes.HasPrefix(t.lines[h.end+1], []byte("+++ ")) && t.headAt(h.end+2) {
			break
		}
		switch {
		case op == '-':
			old--
		case op == '+':
			fresh--
		case op == ' ':
			old, fresh = old-1, fresh-1
		default:
			h.oldGap, h.newGap = old, fresh
			return h
		}
	}
	h.oldGap, h.newGap = old, fresh
	return h
}

func (t *text) headAt(i int) bool { return i < len(t.lines) && hunkHead.Match(t.lines[i]) }

// read finds the names as they are written.
func (s *section) read(t *text) {
	if s.git >= 0 {
		s.oldRaw, s.freshRaw = bothNames(strings.TrimPrefix(bare(t.lines[s.git]), "diff --git "))
		s.same = s.oldRaw == s.freshRaw
	}
	if s.old >= 0 {
		s.oldRaw, s.freshRaw = sideName(bare(t.lines[s.old])[4:]), sideName(bare(t.lines[s.fresh])[4:])
	}
}

// timeBehind is what diff(1) and Subversion write behind a name, where a tab before it has become blanks.
var timeBehind = regexp.MustCompile(` +(?:[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?` +
	`|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ 0-9]?[0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}` +
	`|\((?:revision [0-9]+|working copy|nonexistent)\))(?: [-+][0-9]{4})?$`)

// sideName is the name on a line --- or +++, without diff(1)'s time; "" is /dev/null.
func sideName(s string) string {
	name, _, tabbed := strings.Cut(s, "\t")
	if at := timeBehind.FindStringIndex(name); at != nil && !tabbed && !strings.HasPrefix(s, `"`) {
		name = name[:at[0]]
	}
	if strings.HasPrefix(s, `"`) {
		if plain, _, err := diff.Unquote(s); err == nil {
			name = plain
		}
	}
	if name == "/dev/null" {
		return ""
	}
	if !strings.HasPrefix(s, `"`) { // git quotes a name that has a backslash, so this is a path of Windows
		name = strings.ReplaceAll(name, `\`, "/")
	}
	return name
}

// bothNames parts what follows "diff --git": at the space behind which the same path stands again, or the first.
func bothNames(s string) (old, fresh string) {
	if !strings.Contains(s, `"`) {
		s = strings.ReplaceAll(s, `\`, "/")
	}
	if strings.HasPrefix(s, `"`) {
		if name, rest, err := diff.Unquote(s); err == nil && strings.HasPrefix(rest, " ") {
			return name, sideName(rest[1:])
		}
	}
	for i := range len(s) {
		if s[i] == ' ' && (s[:i] == s[i+1:] || stripped(s[:i], 1) != "" && stripped(s[:i], 1) == stripped(s[i+1:], 1)) {
			return s[:i], s[i+1:]
		}
	}
	old, fresh, _ = strings.Cut(s, " ")
	return old, sideName(fresh)
}

// stripped is a name without its first n parts, "" where it has no more. Slashes in a row are one, as for patch(1).
func stripped(name string, n int) string {
	for range n {
		i := strings.IndexByte(name, '/')
		if i < 0 {
			return ""
		}
		name = strings.TrimLeft(name[i:], "/")
	}
	return name
}
