package term

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of a text from outside, in characters. A longer one ends in "…".
const (
	maxSubject = 200    // a commit's subject, in a line with other things
	maxMessage = 1_000  // an error of a change, a hint, a name
	MaxSpan    = 10_000 // any other text within a line, in the terminal and in Markdown
	MaxString  = 64_000 // a string in JSON, an output of a workflow step
	maxSide    = 200    // lines of one side of a conflict in JSON
)

// wordEnds are separators of words: a secret may begin after one.
const wordEnds = " \t\n=:/@?&,;\"'()<>"

// Clip shortens a text to at most n characters, ending in "…". It does not leave the start of a word if that is too
// short to be recognised as the start of a secret, see clippedFrom.
func Clip(s string, n int) string {
	all := clip(s, n)
	if all == s {
		return s
	}
	short := strings.TrimSuffix(all, "…")
	if strings.IndexByte(wordEnds, s[len(short)]) >= 0 {
		return all
	}
	if i := strings.LastIndexAny(short, wordEnds) + 1; i > 0 && len(short)-i < clippedFrom {
		short = short[:i]
	}
	return short + "…"
}

// clip shortens a text to n characters, ending in "…".
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	end, at := 0, 0 // the ends of the last two characters that fit
	for count := 0; at < len(s); count++ {
		if count == n {
			return s[:end] + "…"
		}
		if count == n-1 {
			end = at
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return s
}

// Subject shortens a commit's subject.
func Subject(s string) string { return Clip(s, maxSubject) }

// Message shortens a message about a change.
func Message(s string) string { return ClipWords(s, maxMessage) }

// ClipWords is Clip at white space, if there is some near the end: half a secret would no longer be masked.
func ClipWords(s string, n int) string {
	short := Clip(s, n)
	if len(short) == len(s) {
		return s
	}
	if i := strings.LastIndexAny(short, " \t\n"); i > len(short)*3/4 {
		return short[:i] + " …"
	}
	return short
}

// ClipLines returns the first of many lines, and a line with the number of the others.
func ClipLines(lines []string) []string {
	if len(lines) <= maxSide {
		return lines
	}
	return append(lines[:maxSide-1:maxSide-1], fmt.Sprintf("… %d more lines", len(lines)-maxSide+1))
}
