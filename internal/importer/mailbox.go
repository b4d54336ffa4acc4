package importer

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"path"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
)

// Mailbox makes a patch of each mail, as git format-patch writes them; file is its name in errors.
func Mailbox(file string, data []byte) (*Import, error) {
	out := &Import{Files: map[string][]byte{}}
	starts := mailHead.FindAllIndex(data, -1)
	if len(starts) == 0 {
		starts = [][]int{{0, 0}}
	}
	names := map[string]bool{}
	for n, at := range starts {
		end := len(data)
		if n+1 < len(starts) {
			end = starts[n+1][0]
		}
		line := 1 + bytes.Count(data[:at[0]], []byte("\n"))
		mail, err := decodeMail(data[at[0]:end])
		if err != nil {
			return nil, fault.New(fault.Usage, "reading the mail: %w", err).At(file, line)
		}
		f := &series.File{Name: file, Data: mail, Strip: 1}
		if refused := f.Parse(nil); refused != nil {
			return nil, refused.At(file, line+refused.Line-1)
		}
		why := series.Subject(mail)
		name := series.Slug(why)
		if body := firstParagraph(mail); name == why && body != "" {
			why = body // the subject is a change's name, as `patch:export` writes it
		}
		if name == "" {
			name = series.Slug(path.Base(file))
		}
		for k, first := 2, name; names[name]; k++ {
			name = fmt.Sprintf("%s-%d", first[:min(len(first), 60)], k)
		}
		names[name] = true
		out.add(name, why, f)
	}
	return out, nil
}

// mailHead is the line that git begins each mail of a mailbox with.
var mailHead = regexp.MustCompile(`(?m)^From [0-9a-f]{40} .*$`)

// decodeMail gives a mail with its subject and body in plain UTF-8.
func decodeMail(mail []byte) ([]byte, error) {
	head, body, ok := bytes.Cut(mail, []byte("\n\n"))
	if !ok {
		return mail, nil
	}
	head = regexp.MustCompile(`\n[ \t]+`).ReplaceAll(head, []byte(" "))
	encoding := ""
	var lines []string
	for line := range strings.Lines(string(head)) {
		line = strings.TrimRight(line, "\r\n")
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(name) {
		case "content-transfer-encoding":
			encoding = strings.ToLower(strings.TrimSpace(value))
			line = "Content-Transfer-Encoding: 8bit"
		case "subject", "from":
			plain, err := new(mime.WordDecoder).DecodeHeader(strings.TrimSpace(value))
			if err != nil {
				return nil, fmt.Errorf("decoding %s: %w", name, err)
			}
			line = name + ": " + series.OneLine(plain)
		}
		lines = append(lines, line)
	}
	var err error
	switch encoding {
	case "quoted-printable":
		body, err = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
	case "base64":
		body, err = io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(body)))
	}
	if err != nil {
		return nil, fmt.Errorf("decoding the body: %w", err)
	}
	return []byte(strings.Join(lines, "\n") + "\n\n" + string(body)), nil
}

// firstParagraph is that of a mail's body, "" where the diff follows at once.
func firstParagraph(mail []byte) string {
	_, body, _ := bytes.Cut(mail, []byte("\n\n"))
	first, _, _ := bytes.Cut(body, []byte("\n\n"))
	if i := bytes.Index(append([]byte("\n"), first...), []byte("\n---")); i >= 0 {
		first = first[:max(0, i-1)]
	}
	if bytes.HasPrefix(first, []byte("diff --git ")) {
		return ""
	}
	return series.OneLine(string(first))
}
