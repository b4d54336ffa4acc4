package secret

import (
	"bytes"
	"regexp"
	"strings"
)

const (
	longestLine = 1 << 20 // bytes without an end of line that are kept back, to find a secret in them
	longestKey  = 250     // lines of a private key: those of 16,384 bits have some 210
)

var (
	keyBegins = regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----`)
	keyEnds   = regexp.MustCompile(`-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----`)
)

// Stream masks what a program prints while it comes, in parts of any size: whole lines at a time, and a private key
// from its first line to its last.
type Stream struct {
	mask func(text string) string
	kept []byte
	key  int // lines since a private key began; 0 outside of one
}

// NewStream returns a stream that masks lines with mask.
func NewStream(mask func(text string) string) *Stream { return &Stream{mask: mask} }

// Take takes the next part, and returns the lines that are complete, masked.
func (s *Stream) Take(part []byte) string {
	s.kept = append(s.kept, part...)
	end := bytes.LastIndexAny(s.kept, "\r\n") + 1
	if len(s.kept)-end > longestLine {
		end = len(s.kept)
	}
	lines := string(s.kept[:end])
	s.kept = append(s.kept[:0], s.kept[end:]...)
	return s.lines(lines)
}

// End returns what is left, a line without an end, masked.
func (s *Stream) End() string {
	rest := string(s.kept)
	s.kept = nil
	return s.lines(rest)
}

func (s *Stream) lines(text string) string {
	var out strings.Builder
	for text != "" {
		if s.key > 0 {
			at := keyEnds.FindStringIndex(text)
			if at == nil {
				if s.key += strings.Count(text, "\n"); s.key > longestKey {
					s.key = 0
					out.WriteString("\n")
				}
				break
			}
			text, s.key = text[at[1]:], 0
			continue
		}
		begin := keyBegins.FindAllStringIndex(text, -1)
		if begin == nil || keyEnds.MatchString(text[begin[len(begin)-1][1]:]) {
			out.WriteString(s.mask(text))
			break
		}
		at := begin[len(begin)-1]
		out.WriteString(s.mask(text[:at[0]]) + Stars)
		text, s.key = text[at[1]:], 1
	}
	return out.String()
}
