package patchform

import (
	"bytes"
	"errors"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/howdah/howdah/internal/lines"
	"github.com/howdah/howdah/internal/mail"
)

var (
	bom       = []byte("\xef\xbb\xbf")
	colour    = regexp.MustCompile(`\x1b\[[0-9;:]*[mK]`)
	coloured  = lines.NewFinder(`(?:\x1b\[[0-9;:]*[mK])+(?:diff --git |--- |\+\+\+ |@@ -)`, "\x1b[")
	wordsDiff = regexp.MustCompile(`\[-.*-\]|\{\+.*\+\}`)

	// colouredLines are removed and added lines with git's colours, colouredWords words of such lines.
	colouredLines = lines.NewFinder(`(?:\x1b\[[0-9;:]*m)+[-+](?:[^-+]|$)`, "\x1b[")
	colouredWords = regexp.MustCompile(`\x1b\[3[12]m[^-+\x1b]`)
	rejects       = lines.NewFinder(`diff a/.*\t\(rejected hunks\)\r?$`, "diff a/")
)

// Plain takes away what the way to here put around text: a byte order mark, another encoding, another system's line
// ends, colours, the marks of a quotation. Notes say what was taken away.
func Plain(data []byte) (plain []byte, notes []string, err error) {
	r := &Reading{}
	plain, err = r.plain(data)
	return plain, r.Notes, err
}

func (r *Reading) plain(data []byte) ([]byte, error) {
	if order, marked, ok := wide(data); ok {
		plain, err := unicode.UTF16(order, marked).NewDecoder().Bytes(data)
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
	if bytes.IndexByte(data, '\n') < 0 && bytes.IndexByte(data, '\r') >= 0 {
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
		r.note("the line ends were carriage returns alone")
	}
	if plain, ok := withoutGraph(data); ok {
		data = plain
		r.note("removed the graph that git log drew beside it")
	}
	if coloured.Matches(data) {
		data = colour.ReplaceAll(data, nil)
		r.note("removed colour codes")
	}
	if m := marked.First(data); m != nil && !patchLine.Matches(data) {
		mark := data[m[2]:m[3]]
		data = unmarked(data, mark)
		r.note("removed %q from the beginning of its lines", mark)
	}
	return data, nil
}

// marked is the first line of a patch that a mail program quoted, a page indented, or git log --graph drew beside.
var marked = lines.NewFinder(`([>| \t]*[>| \t])(?:diff --git \S|--- \S[^\n]*\n[>| \t]*\+\+\+ \S)`, ">", "|", " ", "\t")

var graph = regexp.MustCompile(`^\s*(?:\x1b\[[0-9;:]*m)*\*(?:\x1b\[[0-9;:]*m| )* (?:\x1b\[[0-9;:]*m)*` +
	`(?:commit )?[0-9a-f]{7,40}\b`)

// withoutGraph takes away what git log --graph draws beside commits of which none is a merge, and its colours.
func withoutGraph(data []byte) (plain []byte, ok bool) {
	if !graph.Match(data) {
		return data, false
	}
	for line := range bytes.Lines(colour.ReplaceAll(bytes.TrimLeft(data, "\r\n"), nil)) {
		rest := line
		for _, mark := range []string{"* ", "| ", "  ", "|", ""} {
			if after, found := bytes.CutPrefix(line, []byte(mark)); found {
				rest, ok = after, mark != "|" && mark != "" || len(bytes.TrimSpace(after)) == 0
				break
			}
		}
		if !ok {
			return data, false
		}
		plain = append(plain, rest...)
	}
	return plain, ok
}

// unmarked takes a mark from the beginning of the lines. Lines that an editor trimmed may have its blanks no more.
func unmarked(data, mark []byte) []byte {
	var out []byte
	for line := range bytes.Lines(data) {
		if rest, ok := bytes.CutPrefix(line, mark); ok {
			line = rest
		} else if rest, ok := bytes.CutPrefix(line, bytes.TrimRight(mark, " \t")); ok && len(bytes.TrimSpace(rest)) == 0 {
			line = rest
		}
		out = append(out, line...)
	}
	return out
}

// wide returns the encoding of a text whose characters have two bytes each.
func wide(data []byte) (unicode.Endianness, unicode.BOMPolicy, bool) {
	begins := func(s string) bool { return bytes.HasPrefix(data, []byte(s)) }
	switch {
	case begins("\xff\xfe"), begins("\xfe\xff"):
		return unicode.LittleEndian, unicode.ExpectBOM, true
	}
	for _, start := range []string{"diff", "From", "--- ", "Inde"} {
		zeros := strings.Join(strings.Split(start, ""), "\x00")
		switch {
		case begins(zeros + "\x00"):
			return unicode.LittleEndian, unicode.IgnoreBOM, true
		case begins("\x00" + zeros):
			return unicode.BigEndian, unicode.IgnoreBOM, true
		}
	}
	return unicode.LittleEndian, unicode.IgnoreBOM, false
}

// clean takes away what the way to here put around the patch, a mail's encoding included.
func (r *Reading) clean(data []byte) ([]byte, error) {
	data, err := r.plain(data)
	if err != nil {
		return nil, err
	}
	mails, err := mail.Split(data)
	var wrong *mail.Error
	if errors.As(err, &wrong) {
		return nil, &Error{Line: wrong.Line, What: "reading the mail: " + wrong.Error()}
	}
	if err != nil {
		return nil, err
	}
	decoded := slices.ContainsFunc(mails, func(m mail.Mail) bool { return m.Decoded })
	if !decoded && !mails[0].Logged {
		return data, nil
	}
	var all []byte
	for _, m := range mails {
		all = append(all, m.Data...)
	}
	if decoded {
		r.note("decoded the mail")
	}
	r.Notes = append(r.Notes, OrderNote(mails)...)
	return all, nil
}

// OrderNote says that mails do not stand in the order of their file.
func OrderNote(mails []mail.Mail) []string {
	if len(mails) > 1 && mails[0].Line > mails[1].Line {
		return []string{"git log lists the newest commit first; they are applied from the oldest on"}
	}
	return nil
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
	patchLine = lines.NewFinder(`diff --git \S|diff --cc |@@ -[0-9].* @@|--- \S.*\r?\n\+\+\+ \S|Index: \S.*\r?\n===|`+
		`\*\*\* \S.*\r?\n--- \S.*\r?\n\*{15}`, "diff --", "@@ -", "--- ", "Index: ", "*** ")
	page     = regexp.MustCompile(`(?m)^\s*(?:<!doctype html|<html[\s>])`)
	mailLine = lines.NewFoldingFinder(
		`Content-Transfer-Encoding:\s*(?:base64|quoted-printable)|Subject:\s*\[[^\]]*PATCH`, "content-transfer-", "subject:")
)

// archive reports whether data is packed: gzip, zip, xz, bzip2, Zstandard, 7z or tar.
func archive(data []byte) bool {
	for _, magic := range []string{"\x1f\x8b", "PK\x03\x04", "\xfd7zXZ", "BZh", "\x28\xb5\x2f\xfd", "7z\xbc\xaf"} {
		if bytes.HasPrefix(data, []byte(magic)) {
			return true
		}
	}
	return len(data) > 262 && string(data[257:262]) == "ustar"
}

// firstPage is where a web page begins, or the end.
func firstPage(head []byte) int {
	if at := page.FindIndex(head); at != nil {
		return at[0]
	}
	return math.MaxInt
}

// firstPatch is where a patch begins, or the end.
func firstPatch(data []byte) int {
	if at := patchLine.First(data); at != nil {
		return at[0]
	}
	return math.MaxInt
}

// Look returns what a file is by its content, and why it is nothing that can be imported.
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
	case bytes.HasPrefix(data, []byte("\xfd7zXZ")):
		return IsWrong, "it is packed with xz: unpack it with unxz, and import what comes out"
	case archive(data):
		return IsWrong, "it is an archive: unpack it, and import the folder"
	case bytes.HasPrefix(data, []byte("# v2 git bundle\n")), bytes.HasPrefix(data, []byte("# v3 git bundle\n")):
		return IsWrong, "it is a bundle of git's: fetch it into a clone of upstream, and import the clone"
	case rejects.Matches(plain):
		return IsWrong, "it has the hunks that git apply could not apply: import the patch that they come from"
	case colouredWords.Match(data) && !colouredLines.Matches(data) && !graph.Match(data):
		return IsWrong, "it is a word diff: make it without --color-words"
	case begins("<?xml"), firstPage(head) < firstPatch(plain):
		return IsWrong, "it is an HTML or XML page: was the download an error page?"
	case begins(`{"`), begins("[{"), begins("{\n"), begins("{}"):
		return IsWrong, "it is JSON: was the download an error message?"
	case bytes.IndexByte(plain, 0) >= 0:
		return IsWrong, "it is a binary file"
	case patchLine.Matches(plain), mailLine.Matches(data):
		return IsPatch, ""
	case !utf8.Valid(plain):
		return IsWrong, "it is a binary file"
	case bytes.Contains(plain, []byte("diff --")) && wordsDiff.Match(plain):
		return IsWrong, "it is a word diff: make it without --word-diff"
	}
	return IsOther, ""
}
