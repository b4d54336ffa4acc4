package series

import (
	"regexp"
	"strings"
	"testing"
)

// TestReplace: building a replacement part by part, which allows a limit, has the result of regexp.ReplaceAll.
func TestReplace(t *testing.T) {
	const text = "one two three\nfour five\n"
	for _, template := range []string{"", "x", "$1", "$1$1", "${1}x$2", "$1x", "$$1", "$$$1", "a$", "${", "${1",
		"$word-$word", "${word}s", "$1é", "é$1", "$é", "$1$$2$3", "${0}", "$0$0$0"} {
		for _, match := range []string{`(\w+) (?P<word>\w+)`, `(?s)\A(?P<word>.*)()\z`, `^`} {
			e := &Edit{File: "f", Match: match, Replace: template, Count: 1}
			got, refused := e.ReplaceLimited([]byte(text), e.Spans([]byte(text)))
			want := regexp.MustCompile("(?m)"+match).ReplaceAllString(text, template)
			if refused != nil || string(got) != want {
				t.Errorf("match %q, replace %q: %q, %v; regexp says %q", match, template, got, refused, want)
			}
		}
	}
}

// TestNoGroup: a letter after a group's number belongs to the group's name, in any script.
func TestNoGroup(t *testing.T) {
	for _, replace := range []string{"$1x", "$1é", "$é", "${1é}", "$2"} {
		err := (&Edit{File: "f", Match: "(a)", Replace: replace}).Check()
		if err == nil || !strings.Contains(err.Error(), "names the group") {
			t.Errorf("replace = %q: %v", replace, err)
		}
	}
}
