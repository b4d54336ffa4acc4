package cli_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// planted are secrets that a run can come to know. Each holds a core that stands nowhere else; where the core is found,
// the secret has left.
type planted struct {
	cores map[string]string // by what was planted
	texts []string          // the secrets that the server echoes
}

// secret makes one, with signs that every escape changes when hard is set.
func (p *planted) secret(way string, hard bool) string {
	core := fmt.Sprintf("CNRY%02dx%s", len(p.cores), hex.EncodeToString([]byte(way))[:min(12, 2*len(way))])
	p.cores[way] = core
	text := "s3" + core + "z9"
	if hard {
		text = `k"e$y&w|d/` + core + `+=z`
	}
	p.texts = append(p.texts, text)
	return text
}

// echoes are a secret as servers give it back.
var echoes = []struct {
	name string
	of   func(s string) string
}{
	{"raw", func(s string) string { return s }},
	{"quoted", func(s string) string { q, _ := json.Marshal(s); return string(q) }},
	{"twice", func(s string) string { q, _ := json.Marshal(s); q, _ = json.Marshal(string(q)); return string(q) }},
	{"go", strconv.QuoteToASCII},
	{"query", url.QueryEscape},
	{"path", url.PathEscape},
	{"small", func(s string) string { return lowerPercent.ReplaceAllStringFunc(url.QueryEscape(s), strings.ToLower) }},
	{"html", html.EscapeString},
	{"base64", base64Std},
	{"basic", func(s string) string { return base64Std("some-user:" + s) }},
	{"urlbase64", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("x" + s)) }},
	{"percentbase64", func(s string) string { return url.QueryEscape(base64Std("u:" + s)) }},
	{"hex", func(s string) string { return hex.EncodeToString([]byte(s)) }},
	{"address", func(s string) string {
		return "https://me:" + url.PathEscape(s) + "@host.example/x?access_token=" + url.QueryEscape(s)
	}},
	{"header", func(s string) string { return "Authorization: Bearer " + s }},
	{"capitals", strings.ToUpper},
	{"small letters", strings.ToLower},
	{"capitals of hex", func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }},
	{"utf16", func(s string) string { return wrap(s, 1, "\x00") }},
	{"utf16base64", func(s string) string { return base64Std(wrap("x: "+s, 1, "\x00") + "\x00") }},
	{"mail", func(s string) string { return wrap(strings.ReplaceAll(s, "=", "=3D"), 7, "=\r\n") }},
	{"tabs", func(s string) string { return wrap(s, 8, "\t") }},
	{"tags", func(s string) string { return wrap(s, 6, "<wbr>") }},
	{"highlighted", func(s string) string { return s[:5] + `<mark class="x">` + s[5:9] + "</mark>" + s[9:] }},
	{"without its start", func(s string) string { return "…" + s[2:] }},
	{"wrapped", func(s string) string { return wrap(s, 9, "\n") }},
	{"wrappedbase64", func(s string) string { return wrap(base64Std("user:"+s), 16, "\n") }},
}

var lowerPercent = regexp.MustCompile(`%[0-9A-F]{2}`)

func base64Std(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func wrap(s string, n int, between string) string {
	var lines []string
	for ; len(s) > n; s = s[n:] {
		lines = append(lines, s[:n])
	}
	return strings.Join(append(lines, s), between)
}

// leak is the first core in a text, in any of the forms above; "" for none.
func (p *planted) leak(text string) string {
	plain := strings.NewReplacer("\n", "", `\n`, "", `\r`, "", "remote: ", "", "; ", "", " ", "", "\t", "",
		"\x00", "", `\x00`, "", `\u0000`, "", "<wbr>", "", `<mark class="x">`, "", "</mark>", "").Replace(text)
	small := strings.ToLower(plain)
	mail := strings.ReplaceAll(strings.ReplaceAll(small, "=", ""), `\`, "")
	for way, core := range p.cores {
		for _, form := range []string{core, hex.EncodeToString([]byte(core))} {
			form = strings.ToLower(form)
			if strings.Contains(small, form) || strings.Contains(mail, form) {
				return way
			}
		}
		for before := range 3 { // what of the core's base64 does not depend on what stands around it
			inner := base64Std(strings.Repeat("x", before) + core)[[]int{0, 2, 3}[before]:]
			inner = strings.TrimRight(inner, "=")
			inner = inner[:len(inner)-1]
			if strings.Contains(plain, inner) || strings.Contains(plain, strings.NewReplacer("+", "-", "/",
				"_").Replace(inner)) {
				return way
			}
		}
	}
	return ""
}

// leaks reports every file below a folder, and every name, that holds a core.
func (p *planted) leaks(t *testing.T, what, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if way := p.leak(filepath.Base(name)); way != "" {
			t.Errorf("%s: the name %s holds the secret of %s", what, name, way)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		files++
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if way := p.leak(string(data)); way != "" {
			t.Errorf("%s: %s holds the secret of %s", what, name, way)
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Errorf("%s: reading %s: %d files, %v", what, dir, files, err)
	}
}

// echo is a server that gives back, in plain words, secrets and what it was sent.
type echo struct {
	*httptest.Server
	mu    sync.Mutex
	calls int
	asked []string // what came, with headers
}

func newEcho(t *testing.T, secrets []string, first func(w http.ResponseWriter, r *http.Request) bool) *echo {
	e := &echo{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		heard := fmt.Sprintf("%s %s %q %q", r.Method, r.URL, r.Header, body)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.asked = append(e.asked, heard)
		if first != nil && first(w, r) {
			return
		}
		e.calls++
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, e.text(secrets, heard))
	}))
	t.Cleanup(e.Close)
	return e
}

// text is the secrets in every form, with another first each time: what is clipped then ends in another.
func (e *echo) text(secrets []string, heard string) string {
	var b strings.Builder
	for i := range secrets {
		s := secrets[(i+e.calls)%len(secrets)]
		for _, kind := range echoes {
			fmt.Fprintf(&b, "%s=%s\n", kind.name, kind.of(s))
		}
	}
	return b.String() + heard + "\n"
}
