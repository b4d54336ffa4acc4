// Package upstreamref says what may name a commit of upstream: a branch, a tag, a pattern of tags, a commit's id. A
// text goes in, from howdah.toml or from -ref=; why it cannot be one comes out.
package upstreamref

import (
	"strings"
	"unicode"

	"github.com/howdah/howdah/internal/fault"
)

// maxRef is how many bytes a ref may have: as a file of a mirror it needs a few more.
const maxRef = 250

// Check says why git, or Howdah, would not take s as a ref, a commit or a tag pattern.
func Check(s string) error {
	const such = "a branch such as main, a commit, or a tag pattern such as v4.5.*"
	bad := func(why string) error { return fault.New(fault.Usage, "the ref %q %s", s, why).WithHint(such) }
	switch {
	case s == "":
		return fault.New(fault.Usage, "the ref is empty").WithHint(such)
	case s == "@released":
		return nil
	case len(s) > maxRef:
		return fault.New(fault.Usage, "the ref has %d bytes, at most %d are allowed", len(s), maxRef).WithHint(such)
	case strings.HasPrefix(s, "-"):
		return bad("begins with a dash")
	case strings.Contains(s, ".."), strings.Contains(s, "//"), strings.Contains(s, "@{"):
		return bad("holds \"..\", \"//\" or \"@{\"")
	case strings.HasPrefix(s, "/"), strings.HasSuffix(s, "/"), strings.HasSuffix(s, "."), s == "@":
		return bad("begins or ends with a character that a ref cannot begin or end with")
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._/-+@=,%#*", r) {
			return fault.New(fault.Usage, "the ref %q has the character %+q", s, r).WithHint(such)
		}
	}
	for part := range strings.SplitSeq(s, "/") {
		if strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return bad("has a part that begins with a dot or ends in .lock")
		}
	}
	return nil
}
