package bash

import (
	"regexp"

	"mvdan.cc/sh/v3/pattern"
)

// NameMatches compares a file's name with a pattern, as find -name does.
func NameMatches(pat, name string) bool {
	expr, err := pattern.Regexp(pat, pattern.EntireString)
	if err != nil {
		return false
	}
	re, err := regexp.Compile(expr)
	return err == nil && re.MatchString(name)
}
