package registry

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// summary returns a registry's answer in one line: "403 DENIED: permission_denied".
func summary(e *transport.Error) string {
	parts := []string{fmt.Sprint(e.StatusCode)}
	for _, d := range e.Errors {
		words := d.Message
		if words == "" {
			words, _ = d.Detail.(string)
		}
		parts = append(parts, strings.TrimSuffix(strings.TrimSpace(clean(string(d.Code))+": "+clean(words)), ":"))
	}
	if len(e.Errors) == 0 {
		parts = append(parts, http.StatusText(e.StatusCode))
		if words := bodyReason(body(e)); words != "" {
			parts[1] += ":"
			parts = append(parts, clean(words))
		}
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// body returns the answer of a registry or its token server. go-containerregistry has it only in the text of its
// error: `GET URL: unexpected status code 401 Unauthorized: BODY`.
func body(e *transport.Error) string {
	before := fmt.Sprintf("unexpected status code %d %s: ", e.StatusCode, http.StatusText(e.StatusCode))
	_, text, _ := strings.Cut(e.Error(), before)
	return text
}

// bodyReason finds the reason in an answer in another form than the registries'. Docker Hub's token server writes
// {"details":"incorrect username or password"}, OAuth servers error_description, others a line of text.
func bodyReason(text string) string {
	text = strings.TrimSpace(text)
	var fields map[string]any
	if json.Unmarshal([]byte(text), &fields) == nil {
		for _, key := range []string{"error_description", "details", "detail", "message", "error"} {
			if words, ok := fields[key].(string); ok && words != "" {
				return words
			}
		}
		return ""
	}
	if strings.HasPrefix(text, "<") || strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		return "" // a web page, or something unreadable
	}
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// explain asks again with GET after a refused HEAD: the answer to a HEAD has no reason.
func (r *Repo) explain(err error, get func() error) error {
	s := status(err)
	if s != http.StatusUnauthorized && s != http.StatusForbidden {
		return err
	}
	if fuller := get(); status(fuller) == s {
		return fuller
	}
	return err
}

// longest is how many characters of a registry's own words an error repeats.
const longest = 300

// quote makes a registry's words safe to print: control characters, escapes and line ends become visible.
func quote(s string) string { return strconv.QuoteToASCII(clip(s)) }

// clean is quote without the quotation marks, for words within a sentence.
func clean(s string) string {
	q := quote(strings.TrimSpace(s))
	return strings.ReplaceAll(strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`), "::", `:\x3a`)
}

func clip(s string) string {
	if len(s) <= longest {
		return s
	}
	cut := longest
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
