package secret

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Stars stand in a text where a secret was.
const Stars = "***"

// form is one way in which a secret can be recognised without being known.
type form struct {
	may   func(lower string) bool // reports whether a text in lower case may hold one: most do not, and are done
	find  func() *regexp.Regexp
	group int                     // what of a match becomes stars
	keep  func(found string) bool // reports a match that is no credential; nil: each is one
}

// late is an expression that is compiled when it is needed first: most texts need none, and all together take a
// millisecond.
func late(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

var webhook = regexp.MustCompile(`https?://(?:hooks\.slack\.com/(?:services|workflows|triggers)|` +
	`(?:[a-z]+\.)?discord(?:app)?\.com/api/webhooks|` +
	`[a-z0-9.-]+\.webhook\.office\.com/webhook[a-z0-9]*|chat\.googleapis\.com/v1/spaces)/[^\s"'<>]+`)

// query is a part of a query, also where it is percent-encoded as a whole: its value ends before the next part.
var query = late(`(?i)(?:[?&]|&amp;|%26|%3F|\\u0026)([a-z_][a-z0-9_.-]*)(?:=|%3D|\\u003d)` +
	`((?:[^\s"'<>&;#\\%]|%[^2\s"'<>&;#\\]|%2[^6\s"'<>&;#\\])+)`)

// forms are in the order in which they are tried: a whole address before its parts.
var forms = []form{
	{holds("-----begin"),
		late(`(?s)` + keyBegins.String() + `.*?(?:` + keyEnds.String() + `|$)`), 0,
		nil},
	{holds("hook", "chat.googleapis"), late(`(?i)` + webhook.String()), 0, nil},
	{holds("://"), late(`(?i)\b[a-z][a-z0-9+.-]*://([^\s/?#@"'<>:]*:?[^\s/?#@"'<>]*)@`), 1, isImage},
	{mayBeQuery, query, 2, func(found string) bool {
		return !secretQuery(query().FindStringSubmatch(found)[1])
	}},
	{holds("authorization", "x-registry-auth", "private-token", "job-token", "api-key", "auth-token", "cookie"),
		late(
			`(?i)\b(?:(?:proxy-)?authorization|x-registry-auth|x-api-key|(?:set-)?cookie|` +
				`(?:private|job|deploy|x-auth|x-gitlab|x-access|x-amz-security)-token)` +
				`(?:\\?["'])?\s*(?::|=|%3A)\s*(?:\\?["'])?` +
				`((?:(?:basic|bearer|token|negotiate|digest|aws4-hmac-sha256|apikey)\s+)?[^\s"'\\;,<][^\r\n"'\\;<]*)`), 1, nil},
	{holds("basic"), late(`(?i)\bbasic(?:\s|%20|\+|\\t)+([A-Za-z0-9+/_-]{8,}={0,2})`), 1,
		func(found string) bool {
			return isWord(found) && !isLogin(found)
		}},
	{holds("bearer"), late(`(?i)\bbearer(?:\s|%20|\+|\\t)+([A-Za-z0-9._~+/-]{6,}=*)`), 1,
		func(found string) bool {
			return slices.Contains(ofBearer, strings.ToLower(strings.TrimRight(lastField(found), ".,;:=")))
		}},
	{holds("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "dckr_", "glpat-", "gldt-", "glrt-", "glptt-",
		"glft-", "glcbt-", "glimt-", "glagent-", "gloas-", "glsoat-", "npm_", "xox", "akia", "asia", "rubygems_", "pypi-",
		"hf_", "aiza", "sk_live_"), late(
		`(?:gh[opusr]_|github_pat_|dckr_(?:pat|oat)_|gl(?:pat|dt|rt|ptt|ft|cbt|imt|agent|oas|soat)-|` +
			`npm_|rubygems_|pypi-|hf_|sk_live_|xox[abeprs]-)[A-Za-z0-9_-]{10,}` +
			`|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}`), 0, nil},
	{holds("eyj"), late(`\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)*`), 0, nil},
	{holds("token", "password", "secret", `auth`), late(
		`(?i)\\?"(?:[a-z]+[_-]?)?(?:token|password|secret|auth)\\?"\s*:\s*\\?"([^"\\\s]{6,})`), 1, nil},
}

// holds reports whether a text holds one of the words.
func holds(words ...string) func(lower string) bool {
	return func(lower string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(lower, word) })
	}
}

// mayBeQuery reports whether a name stands behind a sign that begins a part of a query: in code, a blank does.
func mayBeQuery(lower string) bool {
	for i := range len(lower) - 1 {
		switch next := lower[i+1]; lower[i] {
		case '?', '&':
			if next == '_' || 'a' <= next && next <= 'z' || next >= utf8.RuneSelf { // (?i) has letters beyond ASCII too
				return true
			}
		case '%', '\\':
			if slices.ContainsFunc(encodedSigns, func(sign string) bool { return strings.HasPrefix(lower[i:], sign) }) {
				return true
			}
		}
	}
	return false
}

// encodedSigns are ? and & as a query that is a value of another, or a text in JSON, has them.
var encodedSigns = []string{"%26", "%3f", `\u0026`}

// ofBearer follow the word in plain sentences and in a server's challenge.
var ofBearer = []string{"token", "tokens", "realm", "scheme", "authentication", "authorization", "credentials",
	"challenge", "header", "headers", "format"}

// MaskForms replaces by stars what has the form of a credential: the value of Authorization and its like, Basic and
// Bearer with what follows, tokens with their maker's prefix, JSON web tokens, private keys, a webhook's address,
// userinfo in an address and the values of a query that are named as secrets.
func MaskForms(text string) string {
	if len(text) < 8 {
		return text
	}
	lower := strings.ToLower(text)
	for _, f := range forms {
		if f.may(lower) {
			text = f.mask(text)
		}
	}
	return text
}

func (f form) mask(text string) string {
	var b strings.Builder
	done := 0
	for _, at := range f.find().FindAllStringSubmatchIndex(text, -1) {
		found, from, to := text[at[0]:at[1]], at[2*f.group], at[2*f.group+1]
		if f.keep != nil && f.keep(found) || strings.HasPrefix(strings.ToLower(found), "ssh://") &&
			!strings.Contains(text[from:to], ":") {
			continue
		}
		b.WriteString(text[done:from])
		b.WriteString(Stars)
		done = to
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// secretQuery reports whether a query's value of that name is secret; _state is a registry's, of an upload.
func secretQuery(name string) bool {
	return Named(name) || strings.EqualFold(name, "_state") || strings.EqualFold(name, "x-amz-credential") ||
		strings.EqualFold(name, "x-goog-credential")
}

// isImage reports whether an address is BuildKit's form of an image, docker-image://ruby:3.4@sha256:…, which has no
// userinfo.
func isImage(found string) bool {
	return strings.HasPrefix(found, "docker-image://") || strings.HasPrefix(found, "oci-layout://")
}

func lastField(s string) string {
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '+' || r == '\n' })
	return fields[len(fields)-1]
}

// isWord reports whether what follows "Basic" may be a word of a sentence: a token has digits, signs or mixed case.
func isWord(found string) bool {
	word := lastField(found)
	return strings.Trim(word, "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" &&
		(strings.ToLower(word[1:]) == word[1:] || strings.ToUpper(word) == word)
}

// isLogin reports whether what follows "Basic" is user:password in base64, or the beginning of one.
func isLogin(found string) bool {
	word := strings.TrimRight(lastField(found), "=")
	login, err := base64.RawStdEncoding.DecodeString(word[:len(word)&^3])
	return err == nil && strings.Contains(string(login), ":")
}

// Show is an address as it may be printed: without userinfo, query and fragment, which are where people put tokens.
func Show(address string) string {
	before, rest, ok := strings.Cut(address, "://")
	if !ok {
		before, rest = "", address
	}
	if at := strings.IndexAny(rest, "?#"); at >= 0 {
		rest = rest[:at] + "?…"
	}
	host, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndex(host, "@"); at >= 0 && ok {
		rest = strings.TrimSuffix(host[at+1:]+"/"+path, "/")
	}
	if !ok {
		return rest
	}
	return before + "://" + rest
}
