package diff

import (
	"bytes"
	"fmt"
	"regexp"
)

// Limits of a diff; Mastodon's largest pull requests are far below them.
const (
	maxBytes    = 64 << 20
	maxLines    = 1_000_000
	maxFiles    = 10_000
	maxInflated = 64 << 20 // of all binary content together
)

// Parse reads a diff as git writes it. A mail's head or a commit's message may be above the first file and, in a
// mailbox or a log with several commits, above later ones; git's signature may be below the last. Any other text is an
// error, a *ParseError: it could be a part of the diff that is damaged.
func Parse(data []byte) ([]*File, error) {
	if err := plausible(data); err != nil {
		return nil, err
	}
	p := &parser{data: data, lines: bytes.Count(data, []byte("\n")) + 1}
	if p.lines > maxLines+1 {
		return nil, &ParseError{maxLines + 1, fmt.Sprintf("%d lines, at most %d are allowed", p.lines-1, maxLines)}
	}
	p.advance()
	var files []*File
	for {
		found, err := p.skip(len(files) > 0)
		if err != nil {
			return nil, err
		}
		if !found {
			break
		}
		f, err := p.file()
		if err != nil {
			return nil, err
		}
		if files = append(files, f); len(files) > maxFiles {
			return nil, p.wrong("more than %d files", maxFiles)
		}
	}
	if len(files) == 0 {
		return nil, &ParseError{1, "no diff in it"}
	}
	return files, nil
}

// plausible returns an error for data that, by its size or first bytes, cannot be a diff.
func plausible(data []byte) error {
	what := ""
	head := bytes.TrimLeft(data[:min(len(data), 512)], " \t\r\n")
	lower := bytes.ToLower(head)
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		what = "it is empty"
	case len(data) > maxBytes:
		what = fmt.Sprintf("larger than %d MiB", maxBytes>>20)
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		what = "begins with a byte order mark: save it as plain UTF-8"
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")), len(data) > 1 &&
		(data[0] == 0) != (data[1] == 0):
		what = "is UTF-16: save it as plain UTF-8"
	case bytes.HasPrefix(lower, []byte("<!doctype")), bytes.HasPrefix(lower, []byte("<html")),
		bytes.HasPrefix(lower, []byte("<?xml")):
		what = "looks like HTML: was the download an error page?"
	default:
		return nil
	}
	return &ParseError{1, what}
}

// parser reads data line by line.
type parser struct {
	data     []byte
	line     []byte // the current line without its line feed
	end      int    // where the next line begins
	number   int    // of the current line, one-based
	lines    int    // how many there may be
	done     bool   // there is no current line
	inflated int    // bytes of binary content so far
	part     int    // commits that ended so far
}

func (p *parser) advance() {
	if p.done = p.end >= len(p.data); p.done {
		p.line = nil
		return
	}
	rest := p.data[p.end:]
	n := bytes.IndexByte(rest, '\n')
	if p.number++; n < 0 {
		p.line, p.end = rest, len(p.data)
		return
	}
	p.line, p.end = rest[:n:n], p.end+n+1
}

// starts reports whether the current line starts with a text, ahead whether the one after it does.
func (p *parser) starts(with string) bool { return !p.done && hasPrefix(p.line, with) }
func (p *parser) ahead(with string) bool  { return hasPrefix(p.data[p.end:], with) }

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

func (p *parser) wrong(format string, args ...any) error {
	return &ParseError{p.number, fmt.Sprintf(format, args...)}
}

var (
	// message begins a commit in a mailbox or a log: git's, or with another separator such as lore's and Thunderbird's.
	message = regexp.MustCompile(
		`^(?:(?:From|commit) [0-9a-f]{40}\b|From \S+[ \t]+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[ \t,].*[0-9]:[0-9]{2})`)
	// otherForm is a line of an ed script or of a diff without -u.
	otherForm = regexp.MustCompile(`^[0-9]+(,[0-9]+)?[acd]([0-9]+(,[0-9]+)?)?$`)
)

// skip goes to the next file, if there is one. Any text may be above the first; between files and below the last, only
// blank lines, and what follows a signature or a commit's first line.
func (p *parser) skip(between bool) (found bool, err error) {
	for free, first := !between, !between; !p.done; p.advance() {
		switch {
		case p.starts("diff --git "), p.starts("--- ") && p.ahead("+++ "):
			return true, nil
		case len(bytes.TrimSpace(p.line)) == 0:
			continue
		case p.starts("diff --cc "), p.starts("diff --combined "), p.starts("@@@ "):
			return false, p.wrong("is the combined diff of a merge: take the diff against one parent")
		case p.starts("@@ -"):
			return false, p.wrong("a hunk without a file above it: put the lines --- a/FILE and +++ b/FILE above it")
		case p.starts("GIT binary patch"), p.starts("Binary files ") && bytes.HasSuffix(p.line, []byte(" differ")):
			return false, p.wrong("binary content without git's head above it: make the diff with git diff --binary")
		case p.starts("*** ") && p.ahead("--- "):
			return false, p.wrong("is a context diff: make it with git diff, or with diff -u")
		case first && otherForm.Match(p.line):
			return false, p.wrong("looks like an ed script, or a diff without context: make it with git diff, or with diff -u")
		case string(p.line) == "-- ", string(p.line) == "--":
			free = true
		case message.Match(p.line):
			if free = true; between {
				p.part++
			}
		case !free:
			return false, p.wrong("text after the last hunk: %.60q", p.line)
		}
		first = first && (p.starts("diff ") || p.starts("Only in "))
	}
	return false, nil
}

// file reads one file's head and content.
func (p *parser) file() (*File, error) {
	f := &File{Line: p.number, Part: p.part}
	h := header{file: f}
	var err error
	if p.starts("diff --git ") {
		err = h.git(p)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case p.starts("GIT binary patch"):
		err = p.binary(f)
	case p.starts("Binary files ") && bytes.HasSuffix(p.line, []byte(" differ")):
		err = p.wrong("binary content is left out: make the diff with git diff --binary")
	case p.starts("--- "):
		err = h.content(p)
	}
	for err == nil && p.starts("@@") {
		err = p.hunk(f)
	}
	if err == nil {
		err = h.finish()
	}
	return f, err
}
