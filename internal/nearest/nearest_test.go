package nearest

import (
	"runtime"
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

// TestLinesAgain: a comparison leaves nothing behind for the next one.
func TestLinesAgain(t *testing.T) {
	data := []byte("aaaa\nabab\nbbbb\nxyz\n")
	for _, c := range []struct{ text, want string }{
		{"aaaaaaaa\nab", "aaaa"}, {"bbbb", "bbbb"}, {"q", ""}, {"", ""}, {"abababab", "abab"}, {"aaaa", "aaaa"},
		{"xyzzy", "xyz"}, {"aaaaaaaa\nab", "aaaa"},
	} {
		got := ""
		if best := Lines(c.text, data, 1); len(best) > 0 {
			got = strings.TrimSpace(string(best[0].Text))
		}
		if got != c.want {
			t.Errorf("nearest to %q: %q, want %q", c.text, got, c.want)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		Lines("xyzzy", data, 1)
	}
	runtime.ReadMemStats(&after)
	if size := (after.TotalAlloc - before.TotalAlloc) / 100; size > 10_000 {
		t.Errorf("%d bytes for a comparison", size)
	}
}
