package clock_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/clock"
)

// TestHint asks servers with clocks of their own. Neither login nor path of an address reaches them.
func TestHint(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for name, c := range map[string]struct {
		off        time.Duration
		date, want string
	}{
		"behind":   {off: year, want: " says " + time.Now().UTC().Add(year).Format("2006-01") + "-"},
		"ahead":    {off: -year, want: " says " + time.Now().UTC().Add(-year).Format("2006-01") + "-"},
		"right":    {want: "the certificate is not trusted here, and the clock is right (127.0.0.1 says "},
		"no date":  {date: "soon", want: "this machine's clock says " + time.Now().UTC().Format("2006-01-02 ")},
		"date off": {date: time.Now().UTC().Add(2 * time.Hour).Format(http.TimeFormat), want: "set the clock"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.Method+" "+r.RequestURI+" "+r.Header.Get("Authorization"))
				w.Header().Set("Date", c.date)
				if c.date == "" {
					w.Header().Set("Date", time.Now().UTC().Add(c.off).Format(http.TimeFormat))
				}
			}))
			s.Config.ErrorLog = log.New(io.Discard, "", 0)
			s.StartTLS()
			defer s.Close()
			address := strings.Replace(s.URL, "https://", "https://me:word@", 1) + "/owner/name.git"
			got := clock.Hint(t.Context(), address, "trust its authority").String()
			if !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q in it", got, c.want)
			}
			if c.off == 0 && !strings.Contains(c.want, "set the clock") && !strings.Contains(got, "trust its authority") {
				t.Errorf("%q does not say what else it may be", got)
			}
			if want := []string{"HEAD / "}; len(asked) != 1 || asked[0] != want[0] {
				t.Errorf("asked %q, want %q", asked, want)
			}
		})
	}
	for _, address := range []string{"", "/srv/mastodon.git", "git@github.com:a/b.git", "https://127.0.0.1:1/x", ":"} {
		if got := clock.Hint(t.Context(), address, "x").String(); !strings.Contains(got, "is that right? x") {
			t.Errorf("%s: %q", address, got)
		}
	}
}
