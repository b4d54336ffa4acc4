package form

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/howdah/howdah/internal/mail"
)

var (
	bom       = []byte("\xef\xbb\xbf")
	colour    = regexp.MustCompile(`\x1b\[[0-9;:]*[mK]`)
	coloured  = regexp.MustCompile(`(?m)^(?:\x1b\[[0-9;:]*[mK])+(?:diff --git |--- |\+\+\+ |@@ -)`)
	wordsDiff = regexp.MustCompile(`\[-.*-\]|\{\+.*\+\}`)
)

// clean takes away what the way to here put around the patch: a byte order mark, another encoding, colours, a mail's
// encoding.
func (r *Reading) clean(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		plain, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil || !utf8.Valid(plain) {
			return nil, &Error{Line: 1, What: "is UTF-16 and cannot be decoded", Hint: "save it as plain UTF-8"}
		}
		data = plain
		r.note("UTF-16 became UTF-8")
	}
	if bytes.HasPrefix(data, bom) {
		data = data[len(bom):]
		r.note("removed the byte order mark")
	}
	if coloured.Match(data) {
		data = colour.ReplaceAll(data, nil)
		r.note("removed colour codes")
	}
	mails, err := mail.Split(data)
	var wrong *mail.Error
	if errors.As(err, &wrong) {
		return nil, &Error{Line: wrong.Line, What: "reading the mail: " + wrong.Error()}
	}
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(mails, func(m mail.Mail) bool { return m.Decoded }) {
		return data, nil
	}
	var all []byte
	for _, m := range mails {
		all = append(all, m.Data...)
	}
	r.note("decoded the mail")
	return all, nil
}

// Kind is what a file is that somebody wants to import.
type Kind string

// The kinds of files.
const (
	IsPatch Kind = "patch"
	IsOther Kind = "other" // text that is no patch: a script, perhaps
	IsWrong Kind = "wrong" // nothing that can be imported
)

var (
	patchLine = regexp.MustCompile(
		`(?m)^(?:diff --git \S.*|diff --cc .*|@@ -[0-9].* @@.*|--- \S.*\r?\n\+\+\+ \S.*|Index: \S.*\r?\n===.*)$`)
	mailLine = regexp.MustCompile(
		`(?mi)^(?:Content-Transfer-Encoding:\s*(?:base64|quoted-printable)|Subject:\s*\[[^\]]*PATCH)`)
)

// Look says what a file is by its content, and why it is nothing that can be imported.
func Look(data []byte) (Kind, string) {
	r := &Reading{}
	plain, err := r.clean(data)
	if err != nil {
		plain = data
	}
	head := bytes.ToLower(bytes.TrimSpace(plain[:min(len(plain), 512)]))
	begins := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case len(bytes.TrimSpace(plain)) == 0:
		return IsWrong, "it is empty"
	case begins("<!doctype"), begins("<html"), begins("<?xml"):
		return IsWrong, "it is an HTML or XML page: was the download an error page?"
	case begins(`{"`), begins("[{"), begins("{\n"), begins("{}"):
		return IsWrong, "it is JSON: was the download an error message?"
	case patchLine.Match(plain), mailLine.Match(data):
		return IsPatch, ""
	case bytes.IndexByte(plain, 0) >= 0, !utf8.Valid(plain):
		return IsWrong, "it is a binary file"
	case wordsDiff.Match(plain) && bytes.Contains(plain, []byte("diff --")):
		return IsWrong, "it is a word diff: make it without --word-diff"
	}
	return IsOther, ""
}
