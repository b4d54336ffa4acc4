package secret

import (
	"fmt"
	"strings"
	"testing"
)

// TestStream gives texts to a stream in parts of every size: what comes out does not depend on them.
func TestStream(t *testing.T) {
	mask := func(text string) string { return strings.ReplaceAll(MaskForms(text), "s3cret", Stars) }
	key := "-----BEGIN RSA PRIVATE KEY-----\nAbCd\nEfGh\n-----END RSA PRIVATE KEY-----\n"
	for text, want := range map[string]string{
		"":                              "",
		"plain\nlines\n":                "plain\nlines\n",
		"a s3cret b\nan end: s3cret":    "a *** b\nan end: ***",
		"10%\r20% s3cret\r\ndone\n":     "10%\r20% ***\r\ndone\n",
		"before\n" + key + "s3cret\n":   "before\n***\n***\n",
		"before\n" + key + "after\n":    "before\n***\nafter\n",
		key + key:                       "***\n***\n",
		"x -----BEGIN PRIVATE KEY-----": "x ***",
		strings.ReplaceAll(key, "RSA ", "OPENSSH ") + "z": "***\nz",
		"-----BEGIN CERTIFICATE-----\nAbCd\n":             "-----BEGIN CERTIFICATE-----\nAbCd\n",
	} {
		for size := 1; size <= len(text)+1; size++ {
			s, got := NewStream(mask), ""
			for i := 0; i < len(text); i += size {
				got += s.Take([]byte(text[i:min(len(text), i+size)]))
			}
			got += s.End()
			for _, part := range []string{"AbCd", "EfGh", "s3cret"} {
				if strings.Contains(got, part) && strings.Contains(text, "PRIVATE") {
					t.Fatalf("%q in parts of %d became %q", text, size, got)
				}
			}
			if got != want {
				t.Errorf("%q in parts of %d became %q, want %q", text, size, got, want)
				break
			}
		}
	}
}

// TestStreamEnds: a key without an end does not hide all that follows, nor is a line without an end kept for ever.
func TestStreamEnds(t *testing.T) {
	s := NewStream(MaskForms)
	var got strings.Builder
	got.WriteString(s.Take([]byte("-----BEGIN PRIVATE KEY-----\n")))
	for i := range 300 {
		got.WriteString(s.Take(fmt.Appendf(nil, "line %d\n", i)))
	}
	if !strings.HasPrefix(got.String(), "***\nline 2") || !strings.HasSuffix(got.String(), "line 299\n") {
		t.Errorf("%.200q", got.String())
	}
	if out := s.Take([]byte(strings.Repeat("x", longestLine+1))); len(out) != longestLine+1 {
		t.Errorf("%d bytes come out", len(out))
	}
}
