// Package mail reads patches that were sent as mails: the bytes of a mailbox, or of one patch with a mail's head, go
// in; the mails with their authors, subjects and messages in plain UTF-8 come out.
package mail

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"slices"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"github.com/howdah/howdah/internal/lines"
)

type Mail struct {
	Line int    // of the mailbox at which it begins, one-based
	Data []byte // its head and its body, decoded; in a patch without a head, all of it

	Decoded bool // Data differs from what was sent
	Logged  bool // it was a commit in the output of git log or git show
}

// separator is the line before each mail of a mailbox: git's commit id, lore's mboxrd@z, Thunderbird's dash, an
// address.
var separator = lines.NewFinder(
	`From (?:[0-9a-f]{40}(?:[ \t].*)?|\S+[ \t]+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[ \t,]+.*[0-9]{1,2}:[0-9]{2}.*)\r?$`,
	"From ")

// Separator reports whether a line stands between two mails.
func Separator(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) && bytes.IndexByte(line, '\n') < 0 && separator.Matches(line)
}

// Split takes a mailbox apart and decodes each mail, or takes apart the output of git log, the oldest commit first.
// Text before the first separator is a mail of its own, unless blank.
func Split(data []byte) ([]Mail, error) {
	if isLog(data) {
		return oldestFirst(commits(data))
	}
	starts := separator.All(data)
	starts = slices.DeleteFunc(starts, func(at []int) bool { return !headFollows(data[at[1]:]) })
	if len(starts) == 0 || len(bytes.TrimSpace(data[:starts[0][0]])) > 0 {
		starts = slices.Insert(starts, 0, []int{0, 0})
	}
	var all []Mail
	line, counted := 1, 0
	for n, at := range starts {
		end := len(data)
		if n+1 < len(starts) {
			end = starts[n+1][0]
		}
		line, counted = line+bytes.Count(data[counted:at[0]], []byte("\n")), at[0]
		one := Mail{Line: line}
		var err error
		if one.Data, err = decode(data[at[0]:end]); err != nil {
			return nil, &Error{one.Line, err}
		}
		one.Decoded = !bytes.Equal(one.Data, data[at[0]:end])
		all = append(all, one)
	}
	return inOrder(all), nil
}

// headFollows reports whether a mail's head begins on the next line: a line of a message may look like a separator.
func headFollows(rest []byte) bool {
	rest = bytes.TrimPrefix(bytes.TrimPrefix(rest, []byte("\r")), []byte("\n"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	_, _, ok := cutField(line)
	return ok
}

// Error is a mail that cannot be decoded.
type Error struct {
	Line int // of the mailbox, at which the mail begins
	Err  error
}

// Error returns what is wrong; the line is for the caller.
func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// cutField takes the first line of a header field apart. A name is printable ASCII (RFC 5322, 2.2).
func cutField(line []byte) (name, value []byte, ok bool) {
	name, value, ok = bytes.Cut(line, []byte(":"))
	if !ok || len(name) == 0 || bytes.ContainsFunc(name, func(r rune) bool { return r < '!' || r > '~' }) {
		return nil, nil, false
	}
	return name, bytes.TrimSuffix(bytes.TrimLeft(value, " \t"), []byte("\r")), true
}

// fields takes a head apart: continued lines are joined. ok is false where a line is no field.
func fields(head []byte) (all [][2]string, ok bool) {
	var value []byte // of the last field
	end := func() {
		if n := len(all); n > 0 && all[n-1][0] != "" {
			all[n-1][1] = string(value)
		}
	}
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n")
		if len(all) == 0 && Separator(line) {
			all = append(all, [2]string{"", string(line)})
			continue
		}
		if n := len(all); n > 0 && all[n-1][0] != "" && len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
			value = append(append(value, ' '), bytes.TrimSpace(line)...)
			continue
		}
		name, first, ok := cutField(line)
		if !ok {
			return nil, false
		}
		end()
		all = append(all, [2]string{string(name)})
		value = append(value[:0], first...)
	}
	end()
	return all, len(all) > 0
}

// cutHead parts a mail at the first blank line.
func cutHead(mail []byte) (head, body []byte, ok bool) {
	plain, crlf := bytes.Index(mail, []byte("\n\n")), bytes.Index(mail, []byte("\r\n\r\n"))
	if crlf >= 0 && (plain < 0 || crlf < plain) {
		return mail[:crlf+2], mail[crlf+4:], true
	}
	if plain < 0 {
		return nil, nil, false
	}
	return mail[:plain+1], mail[plain+2:], true
}

// decode returns a mail with its subject, author and body in plain UTF-8. What has no mail's head comes back as it is.
func decode(mail []byte) ([]byte, error) {
	head, body, ok := cutHead(mail)
	if !ok {
		return mail, nil
	}
	all, ok := fields(head)
	if !ok || !slices.ContainsFunc(all, func(f [2]string) bool { return is(f, "from") || is(f, "subject") }) {
		return mail, nil
	}
	var b bytes.Buffer
	words := mime.WordDecoder{CharsetReader: charset}
	part := part{media: "text/plain"}
	encoded := false
	for _, f := range all {
		switch {
		case f[0] == "":
			fmt.Fprintf(&b, "%s\n", f[1])
			continue
		case is(f, "content-transfer-encoding"):
			part.encoding = strings.ToLower(strings.TrimSpace(f[1]))
			f[1] = "8bit"
		case is(f, "content-type"):
			if media, params, err := mediaType(f[1]); err == nil {
				part.media, part.params = media, params
				if strings.HasPrefix(media, "multipart/") || params["format"] != "" { // a decoded mail is read again
					f[1] = "text/plain; charset=UTF-8"
				}
			}
		case is(f, "subject"), is(f, "from"):
			plain, err := words.DecodeHeader(f[1])
			if err != nil {
				return nil, fmt.Errorf("decoding %s: %w", f[0], err)
			}
			encoded = encoded || plain != f[1]
			f[1] = strings.Join(strings.Fields(plain), " ")
		}
		fmt.Fprintf(&b, "%s: %s\n", f[0], f[1])
	}
	text, err := part.text(body)
	if err != nil {
		return nil, fmt.Errorf("decoding the body: %w", err)
	}
	if !encoded && bytes.Equal(text, body) && !bytes.Contains(head, []byte("\n ")) &&
		!bytes.Contains(head, []byte("\n\t")) &&
		part.encoding != "quoted-printable" && part.encoding != "base64" {
		return mail, nil
	}
	b.WriteByte('\n')
	b.Write(text)
	return b.Bytes(), nil
}

func is(f [2]string, name string) bool { return strings.EqualFold(f[0], name) }

// charset reads text in the encoding that a mail names.
func charset(name string, in io.Reader) (io.Reader, error) {
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil, fmt.Errorf("unknown character set %q", name)
	}
	return enc.NewDecoder().Reader(in), nil
}
