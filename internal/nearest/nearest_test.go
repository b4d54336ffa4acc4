package nearest

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	known := []string{"post-length", "themes", "amd64", "arm64", "name"}
	for s, want := range map[string]string{
		"post-lenght":                 "post-length",
		"Themes":                      "themes",
		"thems":                       "themes",
		"arm46":                       "arm64",
		"nmae":                        "name",
		"nothing":                     "",
		"":                            "",
		strings.Repeat("themes", 100): "",
	} {
		if got := Name(s, known); got != want {
			t.Errorf("Name(%q) = %q, want %q", s, got, want)
		}
	}
}
