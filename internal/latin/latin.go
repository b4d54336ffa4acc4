// Package latin writes a text with the letters from a to z, as far as its letters are Latin ones: a title goes in, what
// can be a name comes out.
package latin

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// whole are the Latin letters that Unicode takes for letters of their own, not for one with a mark.
var whole = strings.NewReplacer("ß", "ss", "ẞ", "SS", "æ", "ae", "Æ", "AE", "œ", "oe", "Œ", "OE", "ø", "o", "Ø", "O",
	"đ", "d", "Đ", "D", "ð", "d", "Ð", "D", "þ", "th", "Þ", "TH", "ł", "l", "Ł", "L", "ħ", "h", "Ħ", "H", "ŧ", "t",
	"Ŧ", "T", "ŋ", "n", "Ŋ", "N", "ı", "i", "ĸ", "k", "ŉ", "n", "ſ", "s", "ə", "e", "Ə", "E")

// Plain is a text without the marks on its Latin letters: "Füge Grüße" is "Fuge Grusse". Ligatures and letters of
// another width become those that they stand for. What is not Latin stays.
func Plain(text string) string {
	return whole.Replace(norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) && r < 0x0370 { // the combining marks of Latin, Greek and Cyrillic
			return -1
		}
		return r
	}, norm.NFKD.String(text))))
}

// Foreign reports whether a text has letters of another script.
func Foreign(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) })
}
