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
		"":                      "cannot stand",
		"-a":                    "cannot stand",
		"a-":                    "cannot stand",
		"a--b":                  "cannot stand",
		"My":                    "cannot stand",
		"a.b":                   "cannot stand",
		"ä":                     "cannot stand",
		"a\n":                   "cannot stand",
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
