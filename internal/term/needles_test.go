package term

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"mime/quotedprintable"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
)

// pieces of a value that nothing else in these tests has.
const (
	token  = "Zq9kTwLm4-pV7xR2=aB3c"
	letter = "pässwörd-läßt-Grüße"
)

func utf16Of(text string, bigEnd bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		if pair := []byte{byte(u), byte(u >> 8)}; bigEnd {
			b.Write([]byte{pair[1], pair[0]})
		} else {
			b.Write(pair)
		}
	}
	return b.String()
}

func latin1(text string) string {
	var b []byte
	for _, r := range text {
		b = append(b, byte(r))
	}
	return string(b)
}

func quotedPrintable(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.String()
}

// between puts a text between every n letters of another.
func between(text, separator string, n int) string {
	var b strings.Builder
	for i, r := range []rune(text) {
		if i > 0 && i%n == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// found fails where what came of a text does not have stars alone between "see " and " there".
func found(t *testing.T, s Secrets, kind, text string) {
	t.Helper()
	quoted, err := json.Marshal("see " + text + " there")
	if err != nil {
		t.Fatal(err)
	}
	for way, got := range map[string]string{"as it is": s.Mask("see " + text + " there"),
		"cleaned": s.Mask(CleanLines("see " + text + " there")),
		"in JSON": strings.Trim(s.Mask(string(quoted)), `"`)} {
		rest, begins := strings.CutPrefix(got, "see ")
		rest, ends := strings.CutSuffix(rest, " there")
		if !begins || !ends || strings.Trim(rest, "*=\\ru0 d") != "" || rest == "" {
			t.Errorf("%s, %s: %q became %q", kind, way, text, got)
		}
	}
}

// TestCapitals: a secret is found in other capitals of ASCII, also where it is encoded.
func TestCapitals(t *testing.T) {
	s := NewSecrets(token, "0b5f7c1e-93a2-4d18-8e6f-2a7c9d0e1b34", letter)
	for _, text := range []string{
		strings.ToUpper(token), strings.ToLower(token), strings.ToUpper("0b5f7c1e-93a2-4d18-8e6f-2a7c9d0e1b34"),
		strings.ToUpper(url.QueryEscape(token)), strings.ToUpper(hex.EncodeToString([]byte(token))),
		hex.EncodeToString([]byte(token))[:9] + strings.ToUpper(hex.EncodeToString([]byte(token))[9:]),
		"PäSSWöRD-LäßT-GRüßE", strings.ToUpper(base64.StdEncoding.EncodeToString([]byte(token))),
		strings.ToUpper(token[:7]) + "\n" + strings.ToLower(token[7:]),
	} {
		found(t, s, "capitals", text)
	}
	for text, want := range map[string]string{
		"AUTHORIZATION: BEARER ABCDEF.GHI": "AUTHORIZATION: ***",
		"authorization: basic dTpwYXNz":    "authorization: ***",
		"sent BEARER ABCDEF0123":           "sent BEARER ***",
		`{"Access_Token":"ABCDEF"}`:        `{"Access_Token":"***"}`,
		"HTTPS://U:P@H.EXAMPLE/X":          "HTTPS://***@H.EXAMPLE/X",
		"https://h/x?ACCESS_TOKEN=ABC":     "https://h/x?ACCESS_TOKEN=***",
		"it was ZQ9KTWL…":                  "it was ***…",
	} {
		if got := s.Mask(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

// TestCharacterSets: a secret is found in UTF-16 and Latin-1.
func TestCharacterSets(t *testing.T) {
	s := NewSecrets(token, letter, "ключ-от-дома")
	for _, text := range []string{
		utf16Of(token, false), utf16Of(token, true), utf16Of(letter, false), utf16Of(letter, true),
		utf16Of("ключ-от-дома", false), utf16Of("ключ-от-дома", true), latin1(letter),
	} {
		if got := s.Mask("see " + text + " there"); !strings.Contains(got, "***") || strings.Contains(got, text[:8]) ||
			len(got) > len("see *** there")+2 {
			t.Errorf("%q became %q", text, got)
		}
	}
	for _, text := range []string{
		base64.StdEncoding.EncodeToString([]byte(utf16Of(token, false))),
		base64.StdEncoding.EncodeToString([]byte(utf16Of("curl -H 'X: "+token+"' h", false))), // PowerShell's -EncodedCommand
		base64.StdEncoding.EncodeToString([]byte(utf16Of(token, true))),
		`p\xe4ssw\xf6rd-l\xe4\xdft-Gr\xfc\xdfe`, "p%E4ssw%F6rd-l%E4%DFt-Gr%FC%DFe",
		"p&auml;ssw&ouml;rd-l&auml;&szlig;t-Gr&uuml;&szlig;e",
		strings.ReplaceAll(between(token, "\x00", 1), "\x00", `\u0000`),
		strings.ReplaceAll(between(token, "\x00", 1), "\x00", "\ufffd"),
	} {
		found(t, s, "character sets", text)
	}
}

// TestMails: a secret is found in quoted-printable.
func TestMails(t *testing.T) {
	s := NewSecrets(token, letter)
	for _, text := range []string{
		quotedPrintable(t, token), quotedPrintable(t, letter), between(token, "=\r\n", 8), between(token, "=\n", 4),
		"=5Aq9k=\r\nTwLm4-=70V7xR2=3DaB=\r\n3c", "Zq9kTwLm4-pV7xR2=\r\n=3DaB3c", between(letter, "= \r\n", 5),
		between(base64.StdEncoding.EncodeToString([]byte(token)), "=\r\n", 9),
	} {
		found(t, s, "mail", text)
	}
	for _, text := range []string{"a=b", "x=3D4", "a=\nb", "version=FF and 10=20"} {
		if got := s.Mask(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// TestBroken: a secret is found around white space and HTML within it.
func TestBroken(t *testing.T) {
	const phrase = "correct horse battery"
	s := NewSecrets(token, phrase, "sh0rt-1")
	for _, text := range []string{
		between(token, "\t", 6), between(token, "\n\t", 6), between(token, " ", 4), between(token, "\n", 3),
		between(token, "\r\n  ", 7),
		between(token, "\v", 8), between(token, " \f\n", 9),
		between(token, "<wbr>", 5), between(token, "<br/>\n", 8), "Zq9k<em class=\"highlight match\">TwLm4-pV</em>7xR2=aB3c",
		html.EscapeString(between(token, "<wbr>", 5)), "<b>Zq9kTwLm4</b>-pV7xR2=aB3c", between("sh0rt-1", "<wbr>", 2),
		between(token, "<!-- x -->", 9), between(token, "</span><span style='color:#c00'>", 4),
		"correct\nhorse battery", "correct\thorse\tbattery", "correct  horse\n battery", "correct<br>horse battery",
		"correct&nbsp;horse&nbsp;battery", between(base64.StdEncoding.EncodeToString([]byte(token)), " ", 8),
		between(hex.EncodeToString([]byte(token)), " ", 2),
	} {
		got := s.Mask("see " + text + " there")
		if rest := strings.NewReplacer("<b>", "", "</b>", "", "&lt;wbr&gt;", "").Replace(got); rest != "see *** there" {
			t.Errorf("%q became %q", text, got)
		}
	}
	for _, text := range []string{"sh0rt -1", "a < b and c > d", "<p>correct</p> horses", "correct horsebat",
		"Zq9k TwLm4"} {
		if got := s.Mask(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// TestCut: what is left of a secret beside a sign of something left out is masked from five characters on, whichever
// end was cut.
func TestCut(t *testing.T) {
	s := NewSecrets(token)
	for text, want := range map[string]string{
		"…2=aB3c was it":            "…*** was it",
		"...pV7xR2=aB3c":            "...***",
		"…aB3c":                     "…aB3c", // four: could be anything
		"…LM4-PV7XR2=AB3C":          "…***",
		"…pV7xR2%3DaB3c":            "…***",
		`\u2026pV7xR2\u003daB3c`:    `\u2026***`,
		"…wLm4-pV7…":                "…***…",
		"...wLm4-pV7...":            "...***...",
		`"Zq9kTwLm"...`:             `"***"...`,
		"Zq9kTw[...]R2=aB3c":        "***[...]***",
		"Zq9kTw (...)":              "*** (...)",
		"Zq9kTwLm ... and so on":    "*** ... and so on",
		"<...wLm4-pV7...>":          "<...***...>",
		"Zq9kTw&hellip; &c":         "***&hellip; &c",
		"go test ./... of all":      "go test ./... of all",
		"what... is this… then ...": "what... is this… then ...",
	} {
		if got := s.Mask(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
