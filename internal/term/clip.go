package term

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// How much of a text from outside is shown, in characters. What is longer ends in "…".
const (
	maxSubject = 200    // a commit's subject, in one line among others
	maxMessage = 1_000  // what is wrong with a change, a hint, a name
	MaxSpan    = 10_000 // any other text within a line, in the terminal and in Markdown
	MaxString  = 64_000 // a string in JSON, an output of a step
	maxSide    = 200    // lines of one side of a conflict in JSON
)

// wordEnds separate words, as far as a secret may begin behind one.
const wordEnds = " \t\n=:/@?&,;\"'()<>"

// Clip shortens a text to at most n characters, ending in "…". It leaves no start of a word that is too short to be
// known as that of a secret, see clippedFrom.
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
	end, at := 0, 0 // where the last character but one that fits ends
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

// Message shortens what is said of a change.
func Message(s string) string { return ClipWords(s, maxMessage) }

// clipWords is Clip at white space where there is some near the end: half a secret would not be masked any more.
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

// ClipLines leaves the first of many lines, and says how many there are more.
func ClipLines(lines []string) []string {
	if len(lines) <= maxSide {
		return lines
	}
	return append(lines[:maxSide-1:maxSide-1], fmt.Sprintf("… %d more lines", len(lines)-maxSide+1))
}
