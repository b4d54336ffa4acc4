package registry

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// longest is how much of a registry's own words an error repeats.
const longest = 300

// quote makes a registry's words safe to print: control characters, escapes and line ends become visible.
func quote(s string) string { return strconv.QuoteToASCII(clip(s)) }

// clean is quote without the quotation marks, for words that stand within a sentence.
func clean(s string) string {
	q := quote(strings.TrimSpace(s))
	return strings.ReplaceAll(strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`), "::", `:\x3a`)
}

func clip(s string) string {
	if len(s) <= longest {
		return s
	}
	cut := longest
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
