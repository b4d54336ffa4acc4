package term

import (
	"strings"
	"testing"
)

func TestClip(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"", 1, ""}, {"a", 1, "a"}, {"ab", 1, "…"}, {"abc", 2, "a…"}, {"äöü", 3, "äöü"}, {"äöü", 2, "ä…"},
		{"a\xffb", 2, "a…"}, {"one secret", 8, "one …"}, {"one secret", 9, "one …"}, {"one secrets", 10, "one secre…"},
		{"one two", 5, "one …"}, {"one two three", 8, "one two…"}, {"one…", 4, "one…"},
	} {
		if got := Clip(c.text, c.n); got != c.want {
			t.Errorf("%q at %d: %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

// TestClipWords: a word near the end is left out as a whole, so that no half of a secret escapes the masking.
func TestClipWords(t *testing.T) {
	if got := ClipWords(strings.Repeat("word ", 30)+"secret-that-is-long", 155); strings.Contains(got, "secr") ||
		!strings.HasSuffix(got, "word …") {
		t.Errorf("%q", got)
	}
	if got := ClipWords(strings.Repeat("x", 1000), 10); got != "xxxxxxxxx…" {
		t.Errorf("%q", got)
	}
}
