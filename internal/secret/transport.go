package secret

import (
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Transport hands what is secret of each request, when it is sent, to the keeper of the request's context: headers,
// the address, and a form as it is posted to get a token.
type Transport struct{ Next http.RoundTripper }

var _ http.RoundTripper = Transport{}

// RoundTrip sends the request through Next, or http.DefaultTransport.
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	for name, values := range r.Header {
		for _, v := range values {
			Learn(r.Context(), Header(name, v)...)
		}
	}
	Learn(r.Context(), Address(r.URL.String())...)
	learnForm(r)
	if t.Next == nil {
		return http.DefaultTransport.RoundTrip(r)
	}
	return t.Next.RoundTrip(r)
}

// maxForm is more than a form that asks for a token has.
const maxForm = 1 << 20

func learnForm(r *http.Request) {
	if r.GetBody == nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return
	}
	body, err := r.GetBody()
	if err != nil {
		return // the request itself will fail on it
	}
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, maxForm))
	if err != nil {
		return
	}
	form, err := url.ParseQuery(string(data))
	if err != nil {
		return
	}
	for name, values := range form {
		if Named(name) {
			Learn(r.Context(), values...)
		}
	}
}
