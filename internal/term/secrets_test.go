package term

import (
	"bytes"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// TestDisguises: a known secret is found in what it was made of on its way.
func TestDisguises(t *testing.T) {
	const value = `k"e$y&w|d/Sw0rd+=z`
	s := NewSecrets(value)
	b64 := base64.StdEncoding.EncodeToString([]byte("someone:" + value))
	for name, text := range map[string]string{
		"plain":                      value,
		"in JSON":                    `k\"e$y&w|d/Sw0rd+=z`,
		"with \\u":                   `k\"e$y\u0026w|d\/Sw0rd+\u003dz`,
		"JSON in JSON":               `k\\\"e$y\\u0026w|d/Sw0rd+=z`,
		"four times":                 `k\\\\\\\"e$y\\\\u0026w|d/Sw0rd+=z`,
		"percent":                    "k%22e%24y%26w%7Cd%2FSw0rd%2B%3Dz",
		"percent in small letters":   "k%22e%24y%26w%7cd%2fSw0rd%2b%3dz",
		"percent twice":              "k%2522e%2524y%2526w%257Cd%252FSw0rd%252B%253Dz",
		"HTML":                       "k&#34;e$y&amp;w|d/Sw0rd+=z",
		"HTML by name":               "k&quot;e$y&#x26;w|d/Sw0rd+=z",
		"Markdown":                   `k\"e\$y\&w\|d/Sw0rd\+\=z`,
		"base64":                     base64.StdEncoding.EncodeToString([]byte(value)),
		"base64 of a login":          b64,
		"base64 at another place":    base64.StdEncoding.EncodeToString([]byte("u:" + value + " and more")),
		"base64 for addresses":       base64.RawURLEncoding.EncodeToString([]byte("ab" + value)),
		"base64 over lines":          b64[:11] + "\n" + b64[11:23] + "\r\n    " + b64[23:],
		"base64 in an address":       strings.NewReplacer("=", "%3D", "+", "%2B", "/", "%2F").Replace(b64),
		"hexadecimal":                hex.EncodeToString([]byte(value)),
		"over lines":                 value[:5] + "\n" + value[5:11] + "\n  " + value[11:],
		"over lines of a server":     "remote: " + value[:5] + "\nremote: " + value[5:],
		"over lines that are joined": value[:5] + "; remote: " + value[5:],
		"over quoted lines":          value[3:3] + `k\"e$y&w|d/` + `\n` + "Sw0rd+=z",
	} {
		got := s.Mask("see " + text + " there")
		if strings.Contains(got, "w0rd") || strings.Contains(got,
			base64.StdEncoding.EncodeToString([]byte(value))[4:12]) || !strings.Contains(got, "***") {
			t.Errorf("%s: %q became %q", name, text, got)
		}
		if !strings.HasPrefix(got, "see ") || !strings.HasSuffix(got, " there") {
			t.Errorf("%s: more than the secret went: %q", name, got)
		}
	}
}

// TestUnseenWithinSecrets: a secret is found around what a terminal or a page does not show, as it came and as Clean
// writes it, and in what was encoded once more.
func TestUnseenWithinSecrets(t *testing.T) {
	const value, other = "s3cr3t-Passage-77", "p\u00e4ssw\u00f6rt-l\u00e4ng"
	s := NewSecrets(value, other)
	b64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for name, text := range map[string]string{
		"colour":                  "s3cr3t-\x1b[31mPassage-77",
		"colours in many places":  "s3cr3t-\x1b[0m\x1b[1;38;5;3mPas\x1b[Ksage-77",
		"a title":                 "s3cr3t-\x1b]0;x\aPassage-77",
		"a link":                  "s3cr3t-\x1b]8;;https://h.example\x1b\\Passage-77",
		"NUL":                     "s3cr3t-\x00Passage-77",
		"bell and delete":         "s3cr3t-\aPas\x7fsage-77",
		"no width":                "s3cr3t-\u200bPassage\u200d-77",
		"a direction":             "s3cr3t-\u202ePassage-77\u202c",
		"soft hyphen":             "s3cr3t-\u00adPassage-77",
		"mark of the order":       "s3cr3t-\ufeffPassage-77",
		"colour and a new line":   "s3cr3t-\x1b[K\nPassage-77",
		"lines of a server":       "remote: s3cr3t-\x1b[K\nremote: Passage-77",
		"colour in JSON":          `s3cr3t-\u001b[31mPassage-77`,
		"colour in JSON in JSON":  `s3cr3t-\\u001b[31mPassage-77`,
		"colour, percent-encoded": "s3cr3t-%1B%5B31mPassage-77",
		"no width, encoded":       "s3cr3t-%E2%80%8BPassage-77",
		"octal":                   `p\303\244ssw\303\266rt-l\303\244ng`,
		"Go's long form":          `p\U000000e4ssw\u00f6rt-l\u00e4ng`,
		"base64 twice":            b64(b64("someone:" + value)),
		"JSON in base64":          b64(`{"auths":{"h":{"auth":"` + b64("someone:"+value) + `"}}}`),
		"escaped in base64":       b64(`{"password":"s3cr3t-Pass\u0061ge-77"}`),
	} {
		for way, got := range map[string]string{"as it is": s.Mask("see " + text + " there"),
			"cleaned": s.Mask(Clean("see " + text + " there"))} {
			if strings.Contains(got, "sage-77") || strings.Contains(got, "rt-l") || strings.Contains(got, b64(text)[8:16]) ||
				!strings.Contains(got, "***") || !strings.HasPrefix(got, "see ") || !strings.HasSuffix(got, " there") {
				t.Errorf("%s, %s: %q became %q", name, way, text, got)
			}
		}
	}
	for _, text := range []string{"\x1b[31mred\x1b[0m", "a\x00b", "n\u00e4h \u200b", `\303\244`,
		b64("a plain text of some length")} {
		if got := s.Mask(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// TestClippedSecrets: what is left of a secret before "…" is masked from five characters on.
func TestClippedSecrets(t *testing.T) {
	const value = "s3cr3t&Passage"
	s := NewSecrets(value)
	for text, want := range map[string]string{
		"it was s3cr3t&Pas…":          "it was ***…",
		"it was s3cr3...":             "it was ***...",
		"it was s3cr…":                "it was s3cr…", // four: could be anything
		`it was s3cr3t\u0026Pa\u2026`: `it was ***\u2026`,
		"it was s3cr3t%2…":            "it was ***…",
		"it was s3cr3t%26Pas…":        "it was ***…",
		"Basic " + base64.StdEncoding.EncodeToString([]byte("me:" + value))[:16] + "…": "Basic ***…",
		"to be continued…": "to be continued…",
	} {
		if got := s.Mask(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func compressed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encrypted(t *testing.T, text string) []byte {
	t.Helper()
	block, err := aes.NewCipher([]byte("sixteen bytes..."))
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(text))
	cipher.NewCTR(block, make([]byte, block.BlockSize())).XORKeyStream(out, []byte(text))
	return out
}

// TestNoSecrets: what docs/safety.md says is not masked.
func TestNoSecrets(t *testing.T) {
	s := SecretsOf([]string{"A_TOKEN=short", "DB_PASS=mastodon", "B_PASSWORD=Password", "GIT_CONFIG_VALUE_0=/dev/null",
		"PWD=/home/someone", "DOCKERHUB_USERNAME=somebody", "DOCKERHUB_TOKEN=t0k3n-t0k3n"})
	for _, text := range []string{"short", "mastodon/mastodon", "password", "/dev/null", "/home/someone",
		"docker.io/somebody", strings.Repeat("0123456789abcdef", 4)} {
		if got := s.Mask(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	const value = "t0k3n-t0k3n"
	for what, data := range map[string][]byte{"reversed": []byte("n3k0t-n3k0t"), "compressed": compressed(t, value),
		"encrypted": encrypted(t, value)} {
		for _, text := range []string{string(data), base64.StdEncoding.EncodeToString(data), hex.EncodeToString(data)} {
			if got := s.Mask(text); got != text {
				t.Errorf("%s: %q became %q", what, text, got)
			}
		}
	}
	for what, text := range map[string]string{
		"base32":              base32.StdEncoding.EncodeToString([]byte(value)),
		"hexadecimal, UTF-16": hex.EncodeToString([]byte(utf16Of(value, false))),
		"hexdump":             hex.Dump([]byte("0123456789 " + value)),
		"text between":        "t0k3n and then t0k3n",
		"cut without a sign":  value[:len(value)-1],
		"other capitals":      "SCHLÜSSEL-WÖRT",
		"lost letters":        "schl?ssel-w?rt",
	} {
		if got := NewSecrets(value, "schlüssel-wört").Mask(text); got != text {
			t.Errorf("%s: %q became %q", what, text, got)
		}
	}
	if got := (Secrets{}).Mask("https://u:p@h"); got != "https://***@h" {
		t.Error(got)
	}
	Secrets{}.Add("learns nothing")
}

// TestAddWhileMasking: secrets come while others mask; each is masked from the moment on at which Add returns.
func TestAddWhileMasking(t *testing.T) {
	s := NewSecrets()
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 20 {
				value := fmt.Sprintf("secret-%d-%d-value", i, j)
				s.Add(value)
				if got := s.Mask("a " + value); got != "a ***" {
					t.Errorf("%q", got)
				}
			}
		})
	}
	wait.Wait()
	if n := len(s.Values()); n != 160 {
		t.Errorf("%d are known", n)
	}
}

// TestFollow: who follows has each value when Add returns, also a second Add of it, and none after it stops.
func TestFollow(t *testing.T) {
	s := NewSecrets("known-before")
	var mu sync.Mutex
	got := map[string]int{}
	stop := s.Follow(func(values []string) {
		mu.Lock()
		defer mu.Unlock()
		for _, v := range values {
			got[v]++
		}
	})
	has := func(value string) int {
		mu.Lock()
		defer mu.Unlock()
		return got[value]
	}
	if has("known-before") != 1 {
		t.Error("what was known before is not handed over")
	}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 20 {
				value := fmt.Sprintf("secret-%d-of-all", j)
				s.Add(value, fmt.Sprintf("secret-%d-%d", i, j))
				if has(value) != 1 || has(fmt.Sprintf("secret-%d-%d", i, j)) != 1 {
					t.Errorf("Add of %q returns before it is handed over, or it is twice", value)
				}
			}
		})
	}
	wait.Wait()
	stop()
	s.Add("known-after", "short")
	if has("known-after") > 0 || len(got) != 1+20+160 {
		t.Errorf("%d values", len(got))
	}
	Secrets{}.Follow(func([]string) { t.Error("the zero value knows something") })()
}
