package wording

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// typed are characters that look alike on a page and are typed differently.
var typed = strings.NewReplacer("‘", "'", "’", "'", "“", `"`, "”", `"`, "„", `"`, "…", "...", "–", "-", "—", "-",
	`\'`, "'", `\"`, `"`, "&nbsp;", " ", "&amp;", "&", "&quot;", `"`, "&#39;", "'", "&rsquo;", "'")

// normal is a text as it is compared: quotes, dashes and dots as they are typed, white space as one space.
func normal(text string) string { return strings.Join(strings.Fields(typed.Replace(text)), " ") }

// folded is a normal text in small letters: a style sheet may show others than the file has.
func folded(text string) string { return strings.ToLower(normal(text)) }

// hasWords reports whether a text contains others as whole words.
func hasWords(text, words string) bool {
	for from := 0; words != ""; {
		i := strings.Index(text[from:], words)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(words):])
		first, _ := utf8.DecodeRuneInString(words)
		last, _ := utf8.DecodeLastRuneInString(words)
		if !(isWord(before) && isWord(first)) && !(isWord(last) && isWord(after)) {
			return true
		}
		from = i + 1
	}
	return false
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
