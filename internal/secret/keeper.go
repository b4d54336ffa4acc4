package secret

import (
	"context"
	"encoding/base64"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Keeper knows secrets and masks them. Its methods are called from several goroutines.
type Keeper interface {
	Add(values ...string)
	Mask(text string) string
	Holds(text string) bool // certainly: by no chance
	// Follow hands f all values that are known, and each value that comes before Add returns, until stop is called.
	Follow(f func(values []string)) (stop func())
}

// keeperKey is where a context has its keeper.
type keeperKey struct{}

// With returns a context whose users hand each credential to the keeper when they read or send it.
func With(ctx context.Context, k Keeper) context.Context {
	return context.WithValue(ctx, keeperKey{}, k)
}

// Learn hands values to the context's keeper; without one it does nothing.
func Learn(ctx context.Context, values ...string) {
	if k, ok := ctx.Value(keeperKey{}).(Keeper); ok && len(values) > 0 {
		k.Add(values...)
	}
}

// Follow calls f with all that the context's keeper knows, and with each value that it learns from then on, before
// whoever adds that goes on; stop ends it. Without a keeper there is nothing to follow.
func Follow(ctx context.Context, f func(values []string)) (stop func()) {
	if k, ok := ctx.Value(keeperKey{}).(Keeper); ok {
		return k.Follow(f)
	}
	return func() {}
}

// Mask is the text without what the context's keeper knows, or without one, without what has a credential's form.
func Mask(ctx context.Context, text string) string {
	if k, ok := ctx.Value(keeperKey{}).(Keeper); ok {
		return k.Mask(text)
	}
	return MaskForms(text)
}

// Holds reports whether a text holds a secret that the context's keeper knows.
func Holds(ctx context.Context, text string) bool {
	k, ok := ctx.Value(keeperKey{}).(Keeper)
	return ok && k.Holds(text)
}

// Login is what is secret of a user and a password: the password, and both as HTTP sends them. A name alone, as the
// token in https://TOKEN@host or before x-oauth-basic, is the secret itself. A user's name beside a password is none:
// it is the account in the images' names.
func Login(user, password string) []string {
	both := user + ":" + password
	all := []string{base64.StdEncoding.EncodeToString([]byte(both))}
	if password == "" || password == "x-oauth-basic" || password == "x-access-token" {
		if user == "" {
			return nil
		}
		return append(all, user)
	}
	return append(all, password, both)
}

// Header is what is secret of a header that is sent: of Basic the login in it, of any other scheme its token, of
// cookies their values, and of a header without a scheme the whole. Headers that every client sends have none.
func Header(name, value string) []string {
	name = strings.ToLower(strings.TrimSpace(name))
	value = strings.TrimSpace(value)
	switch {
	case value == "" || slices.Contains(plainHeaders, name):
		return nil
	case name == "cookie":
		var all []string
		for part := range strings.SplitSeq(value, ";") {
			if _, v, ok := strings.Cut(part, "="); ok {
				all = append(all, strings.Trim(strings.TrimSpace(v), `"`))
			}
		}
		return all
	case name != "authorization" && name != "proxy-authorization":
		return []string{value}
	}
	scheme, rest, ok := strings.Cut(value, " ")
	if !ok {
		return []string{value}
	}
	rest = strings.TrimSpace(rest)
	if strings.EqualFold(scheme, "Basic") {
		if login, err := base64.StdEncoding.DecodeString(rest); err == nil {
			user, password, _ := strings.Cut(string(login), ":")
			return append(Login(user, password), rest)
		}
	}
	return []string{rest}
}

// plainHeaders are those that HTTP clients, git, Docker's registries and GitHub's API are sent without any secret.
var plainHeaders = []string{
	"accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection",
	"content-encoding", "content-length",
	"content-range", "content-type", "date", "expect", "git-protocol", "host", "if-modified-since", "if-none-match",
	"keep-alive", "origin",
	"pragma", "range", "referer", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via",
	"x-github-api-version",
	"proxy-connection", "http2-settings",
}

// Address is what is secret of an address: its userinfo, the values of its query that are named as secrets, and of a
// webhook's address the whole and its last part.
func Address(text string) []string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" {
		return nil
	}
	var all []string
	if u.User != nil {
		password, has := u.User.Password()
		if has || u.Scheme != "ssh" { // ssh://git@host names a user
			all = append(all, Login(u.User.Username(), password)...)
		}
	}
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if !secretQuery(name) {
			continue
		}
		all = append(all, value)
		if plain, err := url.QueryUnescape(value); err == nil {
			all = append(all, plain)
		}
	}
	if webhook.MatchString(text) {
		all = append(all, text, u.Path, path.Base(u.Path))
	}
	return all
}

// Of is what is secret of a variable's value: all of it when the name says so, and the addresses' and configurations'
// secrets within it whatever it is called.
func Of(name, text string) []string {
	all := addresses(text)
	if !Named(name) {
		return all
	}
	if strings.HasPrefix(name, "GIT_CONFIG_VALUE_") && (strings.HasPrefix(text, "/") || strings.Contains(text, "://")) {
		return all // a path or an address: its login and query count
	}
	all = append(all, value(text)...)
	if header, rest, ok := strings.Cut(text, ": "); ok && strings.HasPrefix(name, "GIT_CONFIG_VALUE_") {
		all = append(all, Header(header, rest)...)
	}
	return append(all, Document(text)...)
}
