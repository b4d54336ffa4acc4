package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"
)

const (
	maxParts = 64       // of a mail
	maxDepth = 4        // of parts within parts
	maxMedia = 64 << 10 // of a field Content-Type
	maxText  = 64 << 20
)

// part is a mail's body, or a part of it.
type part struct {
	media    string
	params   map[string]string
	encoding string
	depth    int
}

// text decodes the part; of several parts those that are plain text or patches, one after the other.
func (p part) text(body []byte) ([]byte, error) {
	if strings.HasPrefix(p.media, "multipart/") && p.params["boundary"] != "" && p.depth < maxDepth {
		return p.parts(body)
	}
	var err error
	switch p.encoding {
	case "quoted-printable":
		body, err = limited(quotedprintable.NewReader(bytes.NewReader(body)))
	case "base64":
		body, err = limited(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(body)))
		body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	}
	if strings.EqualFold(p.params["format"], "flowed") {
		body = unstuffed(body)
	}
	return body, err
}

// unstuffed takes away the blank that a mail in format=flowed has before each line that begins with a blank, with
// "From " or with ">" (RFC 3676, 4.4). Mail programs that say flowed and send a patch as it is are left alone: its
// context lines have one blank.
func unstuffed(body []byte) []byte {
	stuffed := false
	for line := range bytes.Lines(body) {
		if line[0] != ' ' {
			continue
		}
		if rest := line[1:]; !bytes.HasPrefix(rest, []byte(" ")) && !bytes.HasPrefix(rest, []byte("From ")) &&
			!bytes.HasPrefix(rest, []byte(">")) {
			return body
		}
		stuffed = true
	}
	if !stuffed {
		return body
	}
	return bytes.TrimPrefix(bytes.ReplaceAll(body, []byte("\n "), []byte("\n")), []byte(" "))
}

func (p part) parts(body []byte) ([]byte, error) {
	r := multipart.NewReader(bytes.NewReader(body), p.params["boundary"])
	var all []byte
	for range maxParts {
		one, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		inner := part{media: "text/plain", encoding: strings.ToLower(one.Header.Get("Content-Transfer-Encoding")),
			depth: p.depth + 1}
		if media, params, err := mediaType(one.Header.Get("Content-Type")); err == nil {
			inner.media, inner.params = media, params
		}
		raw, err := limited(one)
		if err != nil {
			return nil, err
		}
		if !inner.mayHavePatch(one.FileName()) {
			continue
		}
		text, err := inner.text(raw)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 && all[len(all)-1] != '\n' {
			all = append(all, '\n')
		}
		if all = append(all, text...); len(all) > maxText {
			return nil, errors.New("the mail is larger than 64 MiB")
		}
	}
	return nil, errors.New("the mail has more than 64 parts")
}

// mediaType reads a field Content-Type.
func mediaType(field string) (string, map[string]string, error) {
	if len(field) > maxMedia {
		return "", nil, errors.New("the field Content-Type is larger than 64 KiB")
	}
	return mime.ParseMediaType(field)
}

// mayHavePatch reports whether a part of a mail can hold a patch: text, or what an attachment's name or type says.
func (p part) mayHavePatch(file string) bool {
	if p.media == "text/html" {
		return false
	}
	for _, kind := range []string{"text/", "multipart/", "message/"} {
		if strings.HasPrefix(p.media, kind) {
			return true
		}
	}
	if strings.Contains(p.media, "patch") || strings.Contains(p.media, "diff") {
		return true
	}
	for _, end := range []string{".patch", ".diff", ".txt"} {
		if strings.HasSuffix(strings.ToLower(file), end) {
			return true
		}
	}
	return false
}

func limited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err == nil && len(data) > maxText {
		err = errors.New("the mail is larger than 64 MiB")
	}
	return data, err
}
