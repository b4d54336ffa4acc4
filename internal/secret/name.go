// Package secret knows what a secret looks like and where one is sent. A name, a text, a header or an address goes in;
// whether it is secret, and which parts of it are, comes out. What the program sends as a credential it hands to
// the keeper that the context carries (see With), so that whoever prints can mask it.
package secret

import (
	"slices"
	"strings"
	"unicode"
)

// Named reports whether a variable, a build argument, a key of a configuration or a part of a query is called as
// secrets are: PGPASSWORD, MYSQL_PWD, NPM_AUTHTOKEN, SECRET_KEY_BASE, SLACK_WEBHOOK_URL, GIT_CONFIG_VALUE_0,
// accessToken, API_KEY_2. It is the only list of such names: for what is printed, for build arguments and for what an
// image may hold.
func Named(name string) bool {
	words := words(name)
	if len(words) == 0 {
		return false
	}
	if ofBundler(name) {
		return true
	}
	if strings.HasPrefix(strings.Join(words, "_"), "GIT_CONFIG_") && len(words) == 4 {
		return words[2] == "VALUE" && strings.Trim(words[3], "0123456789") == ""
	}
	for len(words) > 1 && strings.Trim(words[len(words)-1], "0123456789") == "" {
		words = words[:len(words)-1] // API_KEY_2
	}
	last, before := strings.TrimRight(words[len(words)-1], "0123456789"), words[:len(words)-1]
	has := func(word string) bool { return slices.Contains(before, word) }
	switch {
	case slices.Contains(harmless, last):
		return false
	case slices.Contains(secretWords, last):
		return true
	case last == "KEY" || last == "KEYS":
		return !has("PUBLIC")
	case last == "BASE":
		return has("KEY")
	case last == "PWD": // the variable PWD is the working directory
		return len(before) > 0
	case last == "URL" || last == "URI" || last == "ADDRESS" || last == "ENDPOINT":
		return has("WEBHOOK") || has("HOOK")
	case last == "CONFIG":
		return has("AUTH") // DOCKER_AUTH_CONFIG
	}
	return slices.ContainsFunc(secretEnds, func(end string) bool { return strings.HasSuffix(last, end) })
}

var (
	secretWords = []string{"AUTH", "BASICAUTH", "HTTPAUTH", "PAT", "PASS", "CRED", "CREDS", "CREDENTIAL",
		"CREDENTIALS", "COOKIE", "COOKIES",
		"NPMRC", "NETRC", "PYPIRC", "DOCKERCFG", "DOCKERCONFIGJSON",
		"JWT", "SIG", "SIGNATURE", "SAS", "DSN", "WEBHOOK", "WEBHOOKS", "TOKENS", "SECRETS", "PASSWORDS", "AUTHORIZATION"}
	secretEnds = []string{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "KEY", "CREDENTIALS", "WEBHOOK"}

	// harmless end like a secret's name and are none: programs that ask for one, public keys, plain words.
	harmless = []string{"ASKPASS", "BYPASS", "COMPASS", "PUBKEY", "PUBLICKEY", "HOTKEY", "MONKEY", "TURKEY", "DONKEY"}
)

// ofBundler reports whether a name is Bundler's for the login of a host, whose dots are two underscores in it:
// BUNDLE_GEMS__EXAMPLE__COM. Bundler has other names of that form.
func ofBundler(name string) bool {
	host, ok := strings.CutPrefix(strings.ToUpper(name), "BUNDLE_")
	first, rest, dotted := strings.Cut(host, "__")
	if !ok || !dotted || first == "" || rest == "" {
		return false
	}
	return !slices.Contains(bundlerSettings, first) && host != "GITHUB__HTTPS" &&
		(first != "GEM" || strings.Contains(rest, "__"))
}

// bundlerSettings begin names that are about gems and mirrors, such as BUNDLE_BUILD__NOKOGIRI.
var bundlerSettings = []string{"BUILD", "LOCAL", "MIRROR", "PLUGINS"}

// words are a name's words in capitals. What is neither a letter nor a digit separates them, and so does camelCase.
func words(name string) []string {
	var b strings.Builder
	var last rune
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = '_'
		case unicode.IsUpper(r) && unicode.IsLower(last):
			b.WriteByte('_')
		}
		b.WriteRune(r)
		last = r
	}
	return strings.FieldsFunc(strings.ToUpper(b.String()), func(r rune) bool { return r == '_' })
}
