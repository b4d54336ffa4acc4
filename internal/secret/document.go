package secret

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// Document is what is secret of a configuration, such as a .npmrc, .netrc, Bundler's or Docker's: the values whose keys
// are named as secrets, and the secrets of addresses, whatever their key.
func Document(text string) []string {
	var all []string
	var document any
	if strings.HasPrefix(strings.TrimSpace(text), "{") && json.Unmarshal([]byte(text), &document) == nil {
		return append(within(document), addresses(text)...)
	}
	for line := range strings.Lines(text) {
		for _, sign := range []string{"=", ": "} {
			key, v, ok := strings.Cut(line, sign)
			if ok && Named(strings.Trim(key, " \t\"'")) {
				all = append(all, value(v)...)
			}
		}
	}
	for _, found := range netrcPassword.FindAllStringSubmatch(text, -1) {
		all = append(all, value(found[1])...)
	}
	return append(all, addresses(text)...)
}

var (
	netrcPassword = regexp.MustCompile(`(?:^|\s)password\s+("(?:[^"\\]|\\.)*"|\S+)`)

	// reference stands for the value of a variable, as in _authToken=${NPM_TOKEN}.
	reference = regexp.MustCompile(`^\$\{?[A-Za-z_][A-Za-z0-9_]*\??\}?$`)
)

// value is what is secret of a value that is named as a secret: all of it, the login in user:password, what it is the
// base64 of, and the secrets in an address.
func value(text string) []string {
	text = strings.TrimSpace(text)
	if plain, err := strconv.Unquote(text); err == nil {
		text = plain
	} else if len(text) > 1 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0] {
		text = text[1 : len(text)-1]
	}
	if reference.MatchString(text) {
		return nil
	}
	all := append([]string{text}, login(text)...)
	if plain, err := base64.StdEncoding.DecodeString(text); err == nil && isPrintable(string(plain)) {
		all = append(append(all, string(plain)), login(string(plain))...)
	}
	return append(all, addresses(text)...)
}

// login is what is secret of user:password.
func login(text string) []string {
	user, password, ok := strings.Cut(text, ":")
	if !ok || password == "" || strings.ContainsAny(text, " \t\r\n{") || strings.Contains(text, "://") {
		return nil
	}
	return Login(user, password)
}

func isPrintable(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// addresses is what is secret of the addresses in a text, which may be a list of them, as GOPROXY is.
func addresses(text string) []string {
	all := Address(text)
	ends := func(r rune) bool { return strings.ContainsRune(" \t\r\n,|;\"'<>", r) }
	for field := range strings.FieldsFuncSeq(text, ends) {
		if at := strings.Index(field, "://"); at > 0 {
			all = append(all, Address(field)...)
			if begin := strings.LastIndexAny(field[:at], "=("); begin >= 0 {
				all = append(all, Address(field[begin+1:])...)
			}
		}
	}
	return all
}

// within are the values in a JSON document whose keys are named as secrets; an auth, as in Docker's configuration, is a
// login.
func within(document any) []string {
	var all []string
	switch v := document.(type) {
	case map[string]any:
		for key, inner := range v {
			text, ok := inner.(string)
			switch {
			case !ok:
				all = append(all, within(inner)...)
			case key == "auth":
				all = append(all, Header("authorization", "Basic "+text)...)
			case Named(key):
				all = append(all, value(text)...)
			}
		}
	case []any:
		for _, inner := range v {
			all = append(all, within(inner)...)
		}
	}
	return all
}
