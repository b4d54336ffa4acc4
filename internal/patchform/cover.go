package patchform

import (
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/mail"
)

// cover is the subject of a mail that introduces the others of its series, [PATCH 0/5], and coverName its file's name.
var (
	cover     = regexp.MustCompile(`^Subject:.*\[[^\]]*\b0+/[0-9]+\]`)
	coverName = regexp.MustCompile(`(?:^|/)(?:v[0-9]+-)?0+-cover-letter\.[^/]*$`)
)

// IsCover reports whether a file is the cover letter of git format-patch: a mail numbered 0 that has no diff.
func IsCover(name string, data []byte) bool {
	plain, _, err := Plain(data)
	if err != nil || patchLine.Matches(plain) || mail.ReadHead(plain).Subject == "" {
		return false
	}
	if coverName.MatchString(name) {
		return true
	}
	for line := range strings.Lines(string(plain[:min(len(plain), 1<<16)])) {
		if strings.TrimSpace(line) == "" {
			break
		}
		if cover.MatchString(line) {
			return true
		}
	}
	return false
}
