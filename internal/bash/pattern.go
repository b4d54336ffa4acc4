package bash

import (
	"regexp"

	"mvdan.cc/sh/v3/pattern"
)

// NameMatches compares a file's name with a pattern, as find -name does.
func NameMatches(pat, name string) bool {
	re, err := compile(pat, pattern.EntireString)
	return err == nil && re.MatchString(name)
}

// Pattern returns the regular expression for the whole of a text that matches a pattern of the shell.
func Pattern(pat string) (*regexp.Regexp, error) {
	return compile(pat, pattern.EntireString|pattern.ExtendedOperators)
}

func compile(pat string, mode pattern.Mode) (*regexp.Regexp, error) {
	expr, err := pattern.Regexp(pat, mode)
	if err != nil {
		return nil, err
	}
	return regexp.Compile(expr)
}

// MatchAt returns where the shortest, or the longest, part of a text that an expression matches ends, if the part
// begins the text (prefix), or else begins, where it ends the text; -1 if there is none.
func MatchAt(whole *regexp.Regexp, s string, prefix, long bool) int {
	found := -1
	for i := range len(s) + 1 {
		part := s[:i]
		if !prefix {
			part = s[i:]
		}
		if whole.MatchString(part) && (found < 0 || prefix == long) {
			found = i
		}
	}
	return found
}
