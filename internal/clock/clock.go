// Package clock compares this machine's clock with a server's. The address of a server whose certificate was refused
// goes in; what both clocks say comes out, as a hint.
package clock

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/roundtrip"
)

const (
	// deadline is how long a server may take to say what time it is.
	deadline = 5 * time.Second
	// allowed is by how much two clocks may differ: less than the life of any certificate.
	allowed = time.Hour
	// form is how both times are written.
	form = "2006-01-02 15:04 UTC"
)

// Hint says why the certificate of the server at address may have been refused: this machine's clock is wrong, by the
// server's own, or it is right, and then authority is what is left to do. No server's word is a proof: both are shown.
func Hint(ctx context.Context, address, authority string) fault.Hint {
	now := time.Now().UTC()
	theirs, host, ok := ask(ctx, address)
	switch {
	case !ok:
		return fault.Hintf("the certificate is not trusted here: this machine's clock says %s, is that right? %s",
			now.Format(form), authority)
	case theirs.Sub(now).Abs() > allowed:
		return fault.Hintf("this machine's clock says %s, %s says %s: set the clock, then run it again: "+
			"timedatectl set-ntp true", now.Format(form), host, theirs.Format(form))
	}
	return fault.Hintf("the certificate is not trusted here, and the clock is right (%s says %s): %s", host,
		theirs.Format(form), authority)
}

// ask reads the Date of a server's answer. Its certificate is not checked, for a wrong clock refuses every one: so
// nothing is sent but the request for its front page, and nothing else of the answer is used.
func ask(ctx context.Context, address string) (at time.Time, host string, ok bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return at, "", false
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	front := url.URL{Scheme: "https", Host: u.Host, Path: "/"}
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, front.String(), http.NoBody)
	if err != nil {
		return at, "", false
	}
	wire := roundtrip.New(deadline)
	defer wire.CloseIdleConnections()
	wire.TLSClientConfig.InsecureSkipVerify = true //nolint:gosec // see above
	resp, err := wire.RoundTrip(req)
	if err != nil {
		return at, "", false
	}
	roundtrip.Drain(resp)
	at, err = http.ParseTime(resp.Header.Get("Date"))
	return at.UTC(), u.Hostname(), err == nil
}
