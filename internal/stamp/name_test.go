package stamp

import (
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	for _, good := range []string{"a", "7", "my-server", "a-b-c", strings.Repeat("a", MaxName)} {
		if err := CheckName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		"":                      "cannot be part",
		"-a":                    "cannot be part",
		"a-":                    "cannot be part",
		"a--b":                  "cannot be part",
		"My":                    "cannot be part",
		"a.b":                   "cannot be part",
		"ä":                     "cannot be part",
		"a\n":                   "cannot be part",
		strings.Repeat("a", 33): "has 33 characters, at most 32 are allowed",
		strings.Repeat("a", 36): "has 36 characters, at most 32 are allowed",
	} {
		if err := CheckName(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", bad, err, want)
		}
	}
	if err := CheckName(strings.Repeat("a", 9000)); len(err.Error()) > 200 {
		t.Errorf("a long name is shown whole: %d bytes", len(err.Error()))
	}
}
