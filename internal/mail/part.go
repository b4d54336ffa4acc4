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
	maxParts = 64 // of a mail
	maxDepth = 4  // of parts within parts
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
	switch p.encoding {
	case "quoted-printable":
		return limited(quotedprintable.NewReader(bytes.NewReader(body)))
	case "base64":
		decoded, err := limited(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(body)))
		return bytes.ReplaceAll(decoded, []byte("\r\n"), []byte("\n")), err
	}
	return body, nil
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
		if media, params, err := mime.ParseMediaType(one.Header.Get("Content-Type")); err == nil {
			inner.media, inner.params = media, params
		}
		raw, err := limited(one)
		if err != nil {
			return nil, err
		}
		if inner.media == "text/html" || !strings.HasPrefix(inner.media, "text/") &&
			!strings.HasPrefix(inner.media, "multipart/") &&
			!strings.Contains(inner.media, "patch") && !strings.Contains(inner.media, "diff") {
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

func limited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err == nil && len(data) > maxText {
		err = errors.New("the mail is larger than 64 MiB")
	}
	return data, err
}
