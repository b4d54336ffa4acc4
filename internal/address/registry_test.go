package address

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

func TestParse(t *testing.T) {
	for in, scheme := range map[string]string{
		"ghcr.io/owner":           "https",
		"docker.io/owner":         "https",
		"registry.example/a/b/c":  "https",
		"registry.example:5000":   "https",
		"127.0.0.1:5050":          "http",
		"127.0.0.1:5050/o":        "http",
		"127.9.9.9:1/o":           "http",
		"localhost:5000/o":        "http",
		"[::1]:5000/o":            "http",
		"plain.example/o":         "http", // named as insecure
		"plain.example:8080/o":    "http",
		"ghcr.io/my-org/a_b/c__d": "https",
	} {
		r, err := Parse(in, "plain.example")
		if err != nil || r.String() != in || r.Host.Scheme() != scheme {
			t.Errorf("%q: %v, %s, %v", in, r, r.Host.Scheme(), err)
		}
	}
	for in, want := range map[string]string{
		"":                                    "is empty",
		"ghcr.io/Owner":                       "capital letters",
		"ghcr.io/../web":                      `part ".." of its path`,
		"ghcr.io/o//web":                      `part "" of its path`,
		"ghcr.io/o/":                          `part "" of its path`,
		"ghcr.io/":                            "ends in a slash",
		"ghcr.io/.hidden":                     "part",
		"ghcr.io/-x":                          "part",
		"ghcr.io/a..b":                        "part",
		"ghcr.io/a:tag":                       "part",
		"http://ghcr.io/o":                    "has a scheme",
		"https://ghcr.io/o":                   "has a scheme",
		"user:pw@ghcr.io/o":                   `holds "@"`,
		"ghcr.io/o@sha256:0":                  `holds "@"`,
		"web":                                 "Docker Hub's docker.io/web",
		"owner/web":                           "Docker Hub's docker.io/owner/web",
		"docker.io":                           "lacks the account",
		"ghcr.io /o":                          "begins with no host",
		"gh_cr.io/o":                          "begins with no host",
		"-ghcr.io/o":                          "begins with no host",
		"ghcr.io:x/o":                         "begins with no host",
		"ghcr.io/o\n":                         "part",
		"ghcr.io/" + strings.Repeat("a", 300): "too long",
		"gһcr.io/o":                           "begins with no host", // a Cyrillic letter
	} {
		_, err := Parse(in)
		if err == nil || !strings.Contains(err.Error(), want) || fault.CodeOf(err) != fault.Usage ||
			strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%.40q: %v", in, err)
		}
	}
	if _, err := ParseAll([]string{"ghcr.io/o", "docker.io/o", "ghcr.io/o"}); fault.CodeOf(err) != fault.Usage {
		t.Error(err)
	}
	if all, err := ParseAll([]string{"ghcr.io/o", "ghcr.io/p", "docker.io/o"}); err != nil || len(all) != 3 {
		t.Error(all, err)
	}
}

// TestSuggested: what is refused is refused with the form that is meant.
func TestSuggested(t *testing.T) {
	for in, want := range map[string]string{
		"hub.docker.com/r/you": "docker.io/you", "https://github.com/You/x": "ghcr.io/you", "ghcr.io/You": "ghcr.io/you",
		"ghcr.io": "ghcr.io/OWNER", "ghcr.io/you/": "ghcr.io/you",
	} {
		_, err := Parse(in)
		if fault.CodeOf(err) != fault.Usage || !strings.Contains(fault.HintOf(err).String(), `"`+want+`"`) {
			t.Errorf("%q: %v; hint %q, want %q", in, err, fault.HintOf(err), want)
		}
	}
}

func TestImageNamesAndTags(t *testing.T) {
	r, err := Parse("ghcr.io/owner")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.Repository("mastodon-streaming"); err != nil || n.String() != "ghcr.io/owner/mastodon-streaming" {
		t.Error(n, err)
	}
	for _, bad := range []string{"", "..", "A", "a/b", "a:b", "-a", strings.Repeat("a", 61)} {
		if n, err := r.Repository(bad); err == nil {
			t.Errorf("%q is %s", bad, n)
		}
	}
	for _, good := range []string{"edge", "v1.2", "_x", strings.Repeat("a", 128)} {
		if err := CheckTag(good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"", "-x", ".x", "a+b", "a b", "a:b", "a@b", strings.Repeat("a", 129), "é", "a\n"} {
		if CheckTag(bad) == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

func FuzzParseRegistry(f *testing.F) {
	for _, s := range []string{"ghcr.io/o", "127.0.0.1:5000", "[::1]:1/x", "docker.io/a/b", "x@y/z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := Parse(s)
		if err != nil {
			return
		}
		n, err := r.Repository("web")
		if err != nil {
			t.Fatal(err)
		}
		want := s + "/web"
		if rest, ok := strings.CutPrefix(want, "docker.io/"); ok {
			want = "index.docker.io/" + rest
		}
		if n.String() != want {
			t.Errorf("%q became %q", want, n)
		}
	})
}
