package diff

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What a diff may be at most; Mastodon's largest pull requests are far below.
const (
	maxBytes = 64 << 20
	maxFiles = 10_000
)

// Parse reads a diff as git writes it. A mail's head or a commit's message may stand before the first file, git's
// signature after the last; anything else that is no diff is an error, a *ParseError.
func Parse(data []byte) ([]*File, error) {
	if err := plausible(data); err != nil {
		return nil, err
	}
	p := &parser{lines: lines(data)}
	var files []*File
	for p.skip(len(files) > 0) {
		f, err := p.file()
		if err != nil {
			return nil, err
		}
		if files = append(files, f); len(files) > maxFiles {
			return nil, p.wrong("more than %d files", maxFiles)
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	if len(files) == 0 {
		return nil, &ParseError{1, "no diff in it"}
	}
	return files, nil
}

// plausible tells what else it looks like.
func plausible(data []byte) error {
	head := bytes.TrimLeft(data[:min(len(data), 512)], " \t\r\n")
	lower := bytes.ToLower(head)
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return &ParseError{1, "it is empty"}
	case len(data) > maxBytes:
		return &ParseError{1, fmt.Sprintf("larger than %d MiB", maxBytes>>20)}
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return &ParseError{1, "begins with a byte order mark: save it as plain UTF-8"}
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return &ParseError{1, "is UTF-16: save it as plain UTF-8"}
	case bytes.HasPrefix(lower, []byte("<!doctype")), bytes.HasPrefix(lower, []byte("<html")):
		return &ParseError{1, "looks like HTML: was the download an error page?"}
	}
	return nil
}

type parser struct {
	lines [][]byte
	at    int // index of the next line
	err   error
}

func (p *parser) wrong(format string, args ...any) error {
	return &ParseError{min(p.at, len(p.lines)-1) + 1, fmt.Sprintf(format, args...)}
}

// peek is the next line without its line feed; ok is false at the end.
func (p *parser) peek() (string, bool) {
	if p.at >= len(p.lines) {
		return "", false
	}
	return strings.TrimSuffix(string(p.lines[p.at]), "\n"), true
}

// skip goes on to the next file. Between files only blank lines and a mail's signature and head are passed over.
func (p *parser) skip(between bool) bool {
	signed := !between
	for ; ; p.at++ {
		line, ok := p.peek()
		switch {
		case !ok:
			return false
		case strings.HasPrefix(line, "diff --git "):
			return true
		case strings.HasPrefix(line, "--- ") && p.at+1 < len(p.lines) && bytes.HasPrefix(p.lines[p.at+1], []byte("+++ ")):
			return true
		case strings.HasPrefix(line, "diff --cc "), strings.HasPrefix(line, "diff --combined "):
			p.err = p.wrong("is a combined diff of a merge: take the diff against one parent")
			return false
		case edScript(line) && !between && p.at == 0:
			p.err = p.wrong("looks like an ed script")
			return false
		case line == "-- ", line == "--", strings.HasPrefix(line, "From "), strings.TrimSpace(line) == "":
			signed = true
		case strings.HasPrefix(line, "@@ "):
			p.err = p.wrong("a hunk without a file above it")
			return false
		case !signed:
			p.err = p.wrong("text after the last hunk: %.60q", line)
			return false
		}
	}
}

func edScript(line string) bool {
	trimmed := strings.TrimLeft(line, "0123456789,")
	return len(trimmed) == 1 && len(line) > 1 && strings.ContainsAny(trimmed, "acd")
}

// file reads one file's head and body.
func (p *parser) file() (*File, error) {
	f := &File{Line: p.at + 1}
	line, _ := p.peek()
	git := strings.HasPrefix(line, "diff --git ")
	if git {
		p.at++
		if err := p.head(f, strings.TrimPrefix(line, "diff --git ")); err != nil {
			return nil, err
		}
	}
	if err := p.names(f, git); err != nil {
		return nil, err
	}
	for {
		line, ok := p.peek()
		if !ok || !strings.HasPrefix(line, "@@") {
			break
		}
		h, err := p.hunk(f)
		if err != nil {
			return nil, err
		}
		f.Hunks = append(f.Hunks, h)
	}
	return f, p.finish(f)
}

// finish refuses what no diff of git's says.
func (p *parser) finish(f *File) error {
	at := func(format string, args ...any) error { return &ParseError{f.Line, fmt.Sprintf(format, args...)} }
	switch {
	case f.OldName == "" && f.NewName == "":
		return at("names no file")
	case f.New && f.Deleted:
		return at("is both new and deleted")
	case f.OldName != f.NewName && f.OldName != "" && f.NewName != "" && !f.Rename && !f.Copy:
		return at("%q and %q are two names, and it is no rename", f.OldName, f.NewName)
	case f.Binary != nil && len(f.Hunks) > 0:
		return at("has both text and binary content")
	case len(f.Hunks) == 0 && f.Binary == nil && !f.Rename && !f.Copy && !f.New && !f.Deleted && f.OldMode == f.NewMode:
		return at("changes nothing")
	}
	old := 0
	for _, h := range f.Hunks {
		if h.OldStart < old {
			return &ParseError{h.Line, "lies before the end of the hunk above"}
		}
		old = h.OldStart + h.OldLines
	}
	if f.New {
		for _, h := range f.Hunks {
			if h.OldLines > 0 {
				return &ParseError{h.Line, "takes lines from a new file"}
			}
		}
	}
	return nil
}

// head reads git's own lines between "diff --git" and the content.
func (p *parser) head(f *File, both string) error {
	defaultName, err := sameName(both)
	if err != nil {
		return p.wrong("%v", err)
	}
	for {
		line, ok := p.peek()
		if !ok {
			break
		}
		key, value, known := extended(line)
		if !known {
			break
		}
		if err := p.extended(f, key, value); err != nil {
			return err
		}
		p.at++
	}
	if f.OldName == "" && !f.New {
		f.OldName = defaultName
	}
	if f.NewName == "" && !f.Deleted {
		f.NewName = defaultName
	}
	return nil
}

var extendedHeads = []string{"old mode ", "new mode ", "new file mode ", "deleted file mode ", "similarity index ", "dissimilarity index ",
	"rename from ", "rename to ", "copy from ", "copy to ", "index "}

func extended(line string) (key, value string, known bool) {
	for _, head := range extendedHeads {
		if rest, ok := strings.CutPrefix(line, head); ok {
			return strings.TrimSuffix(head, " "), rest, true
		}
	}
	return "", "", false
}

func (p *parser) extended(f *File, key, value string) (err error) {
	switch key {
	case "old mode":
		f.OldMode, err = p.mode(value)
	case "new mode":
		f.NewMode, err = p.mode(value)
	case "new file mode":
		f.New = true
		f.NewMode, err = p.mode(value)
	case "deleted file mode":
		f.Deleted = true
		f.OldMode, err = p.mode(value)
	case "rename from", "copy from":
		f.Rename, f.Copy = key[0] == 'r', key[0] == 'c'
		f.OldName, err = p.plainName(value)
	case "rename to", "copy to":
		f.Rename, f.Copy = key[0] == 'r', key[0] == 'c'
		f.NewName, err = p.plainName(value)
	case "similarity index":
		n, bad := strconv.Atoi(strings.TrimSuffix(value, "%"))
		if bad != nil || n < 0 || n > 100 {
			return p.wrong("similarity %q", value)
		}
		f.Similarity = n
	case "index":
		ids, mode, has := strings.Cut(value, " ")
		var ok bool
		if f.OldID, f.NewID, ok = strings.Cut(ids, ".."); !ok || !hexID(f.OldID) || !hexID(f.NewID) {
			return p.wrong("index line %q", value)
		}
		if has {
			if f.OldMode, err = p.mode(mode); err == nil {
				f.NewMode = f.OldMode
			}
		}
	}
	return err
}

func hexID(s string) bool {
	return len(s) >= 4 && len(s) <= 40 && strings.Trim(s, "0123456789abcdef") == ""
}

// mode reads a mode that a tree can hold.
func (p *parser) mode(s string) (uint32, error) {
	switch s {
	case "100644", "100755", "120000", "160000":
		n, err := strconv.ParseUint(s, 8, 32)
		return uint32(n), err
	}
	return 0, p.wrong("mode %q is none that git has", s)
}

// names reads "--- a/x" and "+++ b/x", or a binary patch, if the file has content.
func (p *parser) names(f *File, git bool) error {
	line, ok := p.peek()
	switch {
	case ok && line == "GIT binary patch":
		p.at++
		return p.binary(f)
	case ok && strings.HasPrefix(line, "Binary files ") && strings.HasSuffix(line, " differ"):
		return p.wrong("binary content is left out: make the diff with git diff --binary")
	case !ok || !strings.HasPrefix(line, "--- "):
		return nil
	}
	old, err := p.contentName(line[4:], "a/")
	if err != nil {
		return err
	}
	p.at++
	line, ok = p.peek()
	if !ok || !strings.HasPrefix(line, "+++ ") {
		return p.wrong("no +++ line after the --- line")
	}
	fresh, err := p.contentName(line[4:], "b/")
	if err != nil {
		return err
	}
	if git && (old != "" && old != f.OldName || fresh != "" && fresh != f.NewName) {
		return p.wrong("%q and %q differ from the names in the diff's head", old, fresh)
	}
	p.at++
	f.OldName, f.NewName = old, fresh
	if old == "" && !git {
		f.New = true
	}
	if fresh == "" && !git {
		f.Deleted = true
	}
	if old == "" && !f.New || fresh == "" && !f.Deleted {
		return p.wrong("/dev/null on a file that is neither new nor deleted")
	}
	return nil
}

// contentName reads the name on a --- or +++ line.
func (p *parser) contentName(s, prefix string) (string, error) {
	if before, _, ok := strings.Cut(s, "\t"); ok && !strings.HasPrefix(s, `"`) {
		s = before // diff(1) writes a time there, git a lone tab behind names with spaces
	}
	if s == "/dev/null" {
		return "", nil
	}
	name, err := p.plainName(s)
	if err != nil {
		return "", err
	}
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok || rest == "" {
		return "", p.wrong("%q lacks the %q that git writes before names (a -p0 diff?)", name, prefix)
	}
	return rest, nil
}

// plainName reads a name that git may have quoted.
func (p *parser) plainName(s string) (string, error) {
	if !strings.HasPrefix(s, `"`) {
		return s, nil
	}
	name, rest, err := unquote(s)
	if err != nil || rest != "" {
		return "", p.wrong("malformed quoted name %.80s", s)
	}
	return name, nil
}

// sameName reads "a/NAME b/NAME", where both names are one; of a rename, whose names differ, it gives "".
func sameName(s string) (string, error) {
	if strings.HasPrefix(s, `"`) {
		first, rest, err := unquote(s)
		if err != nil || !strings.HasPrefix(rest, " ") {
			return "", fmt.Errorf("malformed names %.80q", s)
		}
		second := rest[1:]
		if strings.HasPrefix(second, `"`) {
			if second, rest, err = unquote(second); err != nil || rest != "" {
				return "", fmt.Errorf("malformed names %.80q", s)
			}
		}
		a, okA := strings.CutPrefix(first, "a/")
		b, okB := strings.CutPrefix(second, "b/")
		if !okA || !okB {
			return "", fmt.Errorf("names %.80q lack git's a/ and b/ (a -p0 diff?)", s)
		}
		if a != b {
			return "", nil
		}
		return a, nil
	}
	if half := len(s) / 2; len(s)%2 == 1 && s[half] == ' ' && strings.HasPrefix(s, "a/") && strings.HasPrefix(s[half+1:], "b/") && s[2:half] == s[half+3:] {
		return s[2:half], nil
	}
	if !strings.HasPrefix(s, "a/") || !strings.Contains(s, " b/") && !strings.Contains(s, ` "b/`) {
		return "", fmt.Errorf("names %.80q lack git's a/ and b/ (a -p0 diff?)", s)
	}
	return "", nil
}

// unquote reads a C-style quoted name at the head of s.
func unquote(s string) (name, rest string, err error) {
	var b []byte
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case '"':
			return string(b), s[i+1:], nil
		case '\\':
			i++
			if i >= len(s) {
				break
			}
			if k := strings.IndexByte(`abfnrtv"\`, s[i]); k >= 0 {
				b = append(b, "\a\b\f\n\r\t\v\"\\"[k])
				continue
			}
			if i+3 > len(s) {
				return "", "", fmt.Errorf("malformed escape")
			}
			n, err := strconv.ParseUint(s[i:i+3], 8, 8)
			if err != nil {
				return "", "", fmt.Errorf("malformed escape")
			}
			b = append(b, byte(n))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return "", "", fmt.Errorf("no closing quote")
}

// hunk reads one hunk.
func (p *parser) hunk(f *File) (Hunk, error) {
	h := Hunk{Line: p.at + 1}
	line, _ := p.peek()
	if err := p.range_(&h, line); err != nil {
		return h, err
	}
	p.at++
	old, fresh := h.OldLines, h.NewLines
	for old > 0 || fresh > 0 {
		if p.at >= len(p.lines) {
			return h, p.wrong("the hunk ends early: %d old and %d new lines are missing", old, fresh)
		}
		raw := p.lines[p.at]
		op := raw[0]
		text := raw[1:]
		if op == '\n' { // an empty context line that lost its space on the way
			op, text = ' ', raw
		}
		switch op {
		case ' ':
			old, fresh = old-1, fresh-1
		case '-':
			old--
		case '+':
			fresh--
		case '\\':
			return h, p.wrong("no line before it to lack a line feed")
		default:
			return h, p.wrong("the hunk ends early: %d old and %d new lines are missing", old, fresh)
		}
		if old < 0 || fresh < 0 {
			return h, p.wrong("the hunk has more lines than its head says")
		}
		if bytes.IndexByte(text, 0) >= 0 {
			return h, p.wrong("a NUL byte in text: use a binary patch")
		}
		p.at++
		if next, ok := p.peek(); ok && strings.HasPrefix(next, "\\ ") {
			text = bytes.TrimSuffix(text, newline)
			p.at++
		} else if !bytes.HasSuffix(text, newline) {
			return h, p.wrong("the diff ends within a line")
		}
		h.Lines = append(h.Lines, Line{op, text})
	}
	head, end := h.context()
	switch {
	case head == len(h.Lines):
		return h, &ParseError{h.Line, "the hunk changes nothing"}
	case head == 0 && end == 0 && h.OldLines > 0 && h.NewLines > 0 && h.OldStart > 1:
		return h, &ParseError{h.Line, "the hunk has no context: make the diff with -U3"}
	}
	return h, nil
}

// range_ reads "@@ -1,2 +3,4 @@ section".
func (p *parser) range_(h *Hunk, line string) error {
	body, ok := strings.CutPrefix(line, "@@ -")
	ranges, section, ok2 := strings.Cut(body, " @@")
	old, fresh, ok3 := strings.Cut(ranges, " +")
	if !ok || !ok2 || !ok3 {
		return p.wrong("malformed hunk head %.80q", line)
	}
	var err error
	read := func(s string) (start, n int) {
		a, b, has := strings.Cut(s, ",")
		start, n = p.number(a, &err), 1
		if has {
			n = p.number(b, &err)
		}
		return start, n
	}
	h.OldStart, h.OldLines = read(old)
	h.NewStart, h.NewLines = read(fresh)
	if err != nil {
		return err
	}
	if h.OldStart == 0 && h.OldLines > 0 || h.NewStart == 0 && h.NewLines > 0 {
		return p.wrong("lines are counted from 1")
	}
	h.Section = strings.TrimPrefix(section, " ")
	if !utf8.ValidString(h.Section) {
		h.Section = ""
	}
	return nil
}

// number reads digits alone; no file has a hundred million lines.
func (p *parser) number(s string, err *error) int {
	if s == "" || len(s) > 8 || strings.Trim(s, "0123456789") != "" {
		*err = p.wrong("%.40q is no line number", s)
		return 0
	}
	n, _ := strconv.Atoi(s)
	return n
}
