package report

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Secrets are texts that must not be printed or written. The zero value masks only what looks like
// a password in an address.
type Secrets struct{ replace *strings.Replacer }

// secretNames end the names of the environment variables whose values are secret.
var secretNames = []string{"_TOKEN", "_PASSWORD", "_PASSWD", "_SECRET", "_KEY", "_KEY_BASE", "_CREDENTIALS", "_AUTH", "_PAT"}

// shortest is the length below which a value is not masked: "1" or "yes" would take half of every text with it.
const shortest = 8

// SecretsOf finds the secrets in an environment: by their variable's name, and passwords within addresses.
func SecretsOf(environ []string) Secrets {
	var values []string
	var dockerUser, dockerToken string
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		upper := strings.ToUpper(name)
		if slices.ContainsFunc(secretNames, func(end string) bool { return strings.HasSuffix("_"+upper, end) }) {
			values = append(values, value)
		}
		if u, err := url.Parse(value); err == nil && u.User != nil {
			if password, ok := u.User.Password(); ok {
				values = append(values, password)
			}
		}
		switch upper {
		case "DOCKERHUB_USERNAME":
			dockerUser = value
		case "DOCKERHUB_TOKEN":
			dockerToken = value
		}
	}
	if dockerUser != "" && dockerToken != "" {
		values = append(values, base64.StdEncoding.EncodeToString([]byte(dockerUser+":"+dockerToken)))
	}
	return NewSecrets(values...)
}

// NewSecrets masks values, as they are and in the forms in which they travel: base64, in an address, in JSON, and
// each line of a key.
func NewSecrets(values ...string) Secrets {
	forms := map[string]bool{}
	for _, value := range values {
		for _, v := range append([]string{value}, strings.Split(value, "\n")...) {
			if v = strings.TrimSpace(v); len(v) < shortest || strings.HasPrefix(v, "-----") {
				continue
			}
			quoted, _ := json.Marshal(v)
			for _, form := range []string{v, url.QueryEscape(v), url.PathEscape(v), url.UserPassword("", v).String()[1:],
				unquoted(string(quoted)), unquoted(strconv.Quote(v)), unquoted(strconv.QuoteToASCII(v)), Clean(v)} {
				forms[form] = true
				forms[strings.ReplaceAll(form, "|", `\|`)] = true // as in a table
			}
			for _, prefix := range []string{"", "x-access-token:", "oauth2:"} {
				forms[base64.StdEncoding.EncodeToString([]byte(prefix+v))] = true
				forms[base64.RawURLEncoding.EncodeToString([]byte(prefix+v))] = true
			}
		}
	}
	longestFirst := make([]string, 0, len(forms))
	for form := range forms {
		longestFirst = append(longestFirst, form)
	}
	slices.SortFunc(longestFirst, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	var pairs []string
	for _, form := range longestFirst {
		pairs = append(pairs, form, "***")
	}
	return Secrets{strings.NewReplacer(pairs...)}
}

func unquoted(s string) string { return s[1 : len(s)-1] }

// userinfo is a password, or a token alone, in an address. A bare user is one with ssh only ("ssh://git@host").
var userinfo = regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)([^\s/?#@"'<>:]*)(:?)([^\s/?#@"'<>]*)@`)

// Mask replaces each secret in text by "***".
func (s Secrets) Mask(text string) string {
	if s.replace != nil {
		text = s.replace.Replace(text)
	}
	if !strings.Contains(text, "://") || !strings.Contains(text, "@") {
		return text
	}
	return userinfo.ReplaceAllStringFunc(text, func(found string) string {
		m := userinfo.FindStringSubmatch(found)
		if m[3] == "" && strings.EqualFold(m[1], "ssh://") {
			return found
		}
		return m[1] + "***@"
	})
}
